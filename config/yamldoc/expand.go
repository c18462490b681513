package yamldoc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// expand replaces ${VAR} and ${VAR:-default} in a value; $${ stands for ${ itself. As in a shell,
// the default also stands in for a variable that is set but empty, and may hold variables itself. It runs after YAML has been
// read, so that what a variable holds is never taken for YAML.
func expand(text string, lookup func(string) (string, bool)) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		if !found {
			b.WriteString(text)
			return b.String(), nil
		}
		if plain, escaped := strings.CutSuffix(before, "$"); escaped {
			b.WriteString(plain + "${")
			text = rest
			continue
		}
		b.WriteString(before)
		inside, after, closed := cutVariable(rest)
		if !closed {
			return "", errors.New(`a "${" is never closed; write ${NAME}, or $${ for the two characters themselves`)
		}
		value, err := variable(inside, lookup)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
		text = after
	}
}

// cutVariable cuts a text at the brace that closes a variable, past those of variables within it.
func cutVariable(text string) (inside, after string, closed bool) {
	open := 1
	for i := range len(text) {
		switch {
		case text[i] == '}':
			if open--; open == 0 {
				return text[:i], text[i+1:], true
			}
		case text[i] == '{' && strings.HasSuffix(text[:i], "$") && !strings.HasSuffix(text[:i], "$$"):
			open++
		}
	}
	return "", "", false
}

func variable(inside string, lookup func(string) (string, bool)) (string, error) {
	name, fallback, hasFallback := strings.Cut(inside, ":-")
	if !isVariableName(name) {
		return "", errors.New("what stands in ${…} is not the name of a variable; write ${NAME} or ${NAME:-default}, or $${ for the two characters themselves")
	}
	value, set := lookup(name)
	switch {
	case hasFallback && value == "":
		return expand(fallback, lookup)
	case !set:
		return "", fmt.Errorf("the environment variable %s is not set; set it, or write ${%s:-default}", excerpt.Setting(name), excerpt.Setting(name))
	}
	return value, nil
}

func isVariableName(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

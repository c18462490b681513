package config

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/config/yamlconf"
	"github.com/sluice-bridge/sluice/topic"
)

var (
	// flagged is a regular expression with flags of JavaScript or Perl behind it.
	flagged = regexp.MustCompile(`^/(.+)/([adgimnsuvxyUAJ]+)$`)
	// foreignFlag is one of these that RE2 does not have.
	foreignFlag = regexp.MustCompile(`[^imsU]`)
	// globbed is a name with stars, as shells know it.
	globbed = regexp.MustCompile(`^[A-Za-z0-9._*-]+$`)
	// braced is a name with alternatives, as shells know them.
	braced = regexp.MustCompile(`^([A-Za-z0-9._-]*)\{([A-Za-z0-9._-]+(?:,[A-Za-z0-9._-]+)+)\}([A-Za-z0-9._-]*)$`)
	// placeholder is a variable in the notation of another tool, or of ours where it is not filled in.
	placeholder = regexp.MustCompile(`\$\([A-Za-z_]\w*\)|[#$]?\{\{? ?\.?[A-Za-z_]\w* ?\}\}?|\$[A-Za-z_][A-Za-z0-9]*|%[A-Za-z_]\w*%|<[A-Za-z_][\w-]*>`)
	// announced is what other tools write before a regular expression.
	announced = regexp.MustCompile(`^(?:re|regex|regexp|pattern):`)
	// expressive is a text that only a regular expression has.
	expressive = regexp.MustCompile(`[\^$*+?()[{|\\]`)
)

// topicMeant is what to write for a text that reads as an expression, as several names or as one with a
// variable, and how; both empty where it does not. No variable is filled into a key.
func topicMeant(text string, key bool) (how, meant string) {
	m, alternatives := flagged.FindStringSubmatch(text), braced.FindStringSubmatch(text)
	switch trimmed := strings.TrimSpace(text); {
	case m != nil && foreignFlag.ReplaceAllString(m[2], "") == "":
		return "no flags stand behind a regular expression; write", between(m[1])
	case m != nil:
		return "write flags into the regular expression, as in", between("(?" + foreignFlag.ReplaceAllString(m[2], "") + ")" + m[1])
	case strings.HasPrefix(text, "/"):
		return "a regular expression stands between two slashes; write one at its end too, as in", between(text[1:])
	case text == "*" || text == ".*":
		return "for all topics write", inYAML("/.*/")
	case trimmed != text && topic.IsName(trimmed):
		return "write it without the space,", trimmed
	case alternatives != nil:
		var names []string
		for _, part := range yamlconf.SplitList(alternatives[2]) {
			names = append(names, alternatives[1]+part+alternatives[3])
		}
		return "write each name by itself, as in", yamlconf.InBrackets(names)
	case strings.Contains(text, ",") && !slices.ContainsFunc(yamlconf.SplitList(text), func(name string) bool { return !topic.IsName(name) }):
		return "write each name by itself, as in", yamlconf.InBrackets(yamlconf.SplitList(text))
	case variables(text) != "" && key:
		pattern := placeholder.ReplaceAllString(text, ".*")
		if pattern == ".*" {
			return "", ""
		}
		return "a key has no variables; write a regular expression for the names, as in", between("^" + pattern + "$")
	case variables(text) != "":
		return "for a variable of the environment write", variables(text)
	case globbed.MatchString(text) && strings.Contains(text, "*") && !strings.Contains(text, ".*"):
		return inSlashes(strings.NewReplacer(".", `\.`, "*", ".*").Replace(text))
	case expressive.MatchString(text):
		return inSlashes(announced.ReplaceAllString(text, ""))
	}
	return "", ""
}

// variables is a topic's name with variables of the environment as the configuration takes them, in quotes;
// empty where it has none in the notation of another tool.
func variables(text string) string {
	if !placeholder.MatchString(text) || !topic.IsName(placeholder.ReplaceAllString(text, "x")) {
		return ""
	}
	return strconv.Quote(placeholder.ReplaceAllStringFunc(text, func(p string) string {
		return "${" + strings.ReplaceAll(strings.Trim(p, "#$%(){}<> ."), "-", "_") + "}"
	}))
}

// inSlashes says to write a regular expression between slashes: one without anchors so that it matches whole
// names, as other tools of Kafka read it.
func inSlashes(pattern string) (how, meant string) {
	if !strings.ContainsAny(pattern, "^$") {
		if strings.Contains(pattern, "|") {
			pattern = "(" + pattern + ")"
		}
		if pattern = "^" + pattern; !strings.HasSuffix(pattern, ".*") {
			pattern += "$"
		}
	}
	return "a regular expression stands between slashes; write", between(pattern)
}

// between is a regular expression between slashes, as a text in quotes, in which a backslash stands for itself; empty
// where it is none, or can match no topic's name.
func between(pattern string) string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || !takesNames(parsed) {
		return ""
	}
	return inYAML("/" + pattern + "/")
}

// inYAML is a regular expression as a text in quotes, in which a backslash stands for itself.
func inYAML(pattern string) string { return "'" + strings.ReplaceAll(pattern, "'", "''") + "'" }

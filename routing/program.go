package routing

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

// program is a compiled CEL expression. It is safe for concurrent use.
type program struct {
	source string
	plan   cel.Program
	uses   map[string]bool
}

// compileProgram compiles an expression whose result must be of an allowed kind, or dyn. want
// says the allowed kinds in words.
func compileProgram(source string, want string, allowed ...cel.Kind) (*program, error) {
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("the expression is empty")
	}
	env, err := environment()
	if err != nil {
		return nil, err
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, sentence(issues)
	}
	if kind := checked.OutputType().Kind(); kind != cel.DynKind && !slices.Contains(allowed, kind) {
		return nil, fmt.Errorf("the expression gives %s; it must give %s", checked.OutputType(), want)
	}
	plan, err := env.Program(checked,
		cel.EvalOptions(cel.OptOptimize, cel.OptTrackCost),
		cel.CostLimit(CostLimit),
		cel.CustomDecoratorV2(absentIsNull))
	if err != nil {
		return nil, err
	}
	p := &program{source: source, plan: plan, uses: map[string]bool{}}
	for _, r := range checked.NativeRep().ReferenceMap() {
		p.uses[r.Name] = true
	}
	return p, nil
}

func (p *program) eval(a *activation) (ref.Val, error) {
	v, _, err := p.plan.Eval(a)
	return v, err
}

var undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)' \(in container ''\)$`)

// sentence turns the compiler's issues, a listing with carets, into one line.
func sentence(issues *cel.Issues) error {
	var parts []string
	for _, e := range issues.Errors() {
		message := e.Message
		if m := undeclared.FindStringSubmatch(message); m != nil {
			message = fmt.Sprintf("unknown name %q%s", m[1], didYouMean(m[1], variables))
		}
		if e.Location.Column() >= 0 {
			message += fmt.Sprintf(" (at character %d)", e.Location.Column()+1)
		}
		parts = append(parts, message)
		if len(parts) == 3 {
			break
		}
	}
	return errors.New(strings.Join(parts, "; "))
}

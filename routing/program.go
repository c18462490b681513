package routing

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

// program is a compiled CEL expression. It is safe for concurrent use.
type program struct {
	source string
	plan   cel.Program
	direct *direct // nil where it takes the interpreter
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
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize), cel.CustomDecoratorV2(absentIsNull)}
	if needsMeter(checked.NativeRep().Expr()) {
		options = append(options, meter()...)
	}
	plan, err := env.Program(checked, options...)
	if err != nil {
		return nil, err
	}
	p := &program{source: source, plan: plan, direct: directly(checked.NativeRep().Expr()), uses: map[string]bool{}}
	for _, r := range checked.NativeRep().ReferenceMap() {
		p.uses[r.Name] = true
	}
	return p, nil
}

func (p *program) eval(a *activation) (ref.Val, error) {
	v, _, err := p.plan.Eval(a)
	if err != nil && strings.HasPrefix(err.Error(), "no such overload") {
		err = fmt.Errorf("%w: a field is absent, or of a type that the operation does not take", err)
	}
	return v, err
}

// sentence turns the compiler's issues, a listing with carets, into one line.
func sentence(issues *cel.Issues) error {
	var parts []string
	for _, e := range issues.Errors() {
		message, _, _ := strings.Cut(e.Message, " expecting {")
		message = strings.ReplaceAll(message, "mismatched input '<EOF>'", "the expression ends too early")
		if column := e.Location.Column(); column >= 0 {
			message += fmt.Sprintf(" (at character %d)", column+1)
		}
		if parts = append(parts, message); len(parts) == 3 {
			break
		}
	}
	return errors.New(strings.Join(parts, "; "))
}

package expr

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/remedy"
)

// program is a compiled CEL expression. It is safe for concurrent use.
type program struct {
	source string
	plan   cel.Program
	direct *direct // nil where it takes the interpreter
	uses   map[string]bool
	gives  *cel.Type
	// branches are the texts of constants that some events get.
	branches []string
	joins    bool // see joins
	needs    Needs
}

// Needs are what has to be known of a record before an expression or a rule can be evaluated.
type Needs uint8

const (
	// NeedsValue: the value is decoded.
	NeedsValue Needs = 1 << iota
	// NeedsSubject: so is under which subject its schema is registered.
	NeedsSubject
)

// compileProgram compiles an expression whose result must be of an allowed kind, or dyn. want
// says the allowed kinds in words. With textFails it is an error to ask a value for fields that is none
// which could have them; else they are null.
func compileProgram(source string, textFails bool, want string, allowed ...cel.Kind) (*program, error) {
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("the expression is empty")
	}
	env, err := dialect.Environment()
	if err != nil {
		return nil, err
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, remedy.CompileIssues(source, textFails, issues)
	}
	if kind := checked.OutputType().Kind(); kind != cel.DynKind && !slices.Contains(allowed, kind) {
		return nil, fmt.Errorf("the expression gives %s; it must give %s", remedy.TypeName(checked.OutputType()), want)
	}
	plan, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize), interp.Decorate(checked.NativeRep().Expr(), textFails, ruleOf))
	if err != nil {
		return nil, remedy.ConstantFails(checked, err)
	}
	p := &program{source: source, plan: plan, direct: directOf(checked.NativeRep().Expr()), uses: map[string]bool{},
		gives: checked.OutputType(), branches: branchTexts(nil, checked.NativeRep().Expr()), joins: callsJoin(checked.NativeRep().Expr())}
	for _, r := range checked.NativeRep().ReferenceMap() {
		p.uses[r.Name] = true
	}
	if p.uses["value"] {
		p.needs = NeedsValue
	}
	schema, err := schemaNeeds(checked)
	p.needs |= schema
	return p, err
}

func (p *program) eval(a *Variables) (ref.Val, error) {
	a.meter.Start(a.ev.Left())
	defer func() { a.ev.work += a.meter.Stop() }()
	v, _, err := p.plan.Eval(a)
	return v, remedy.Of(err)
}

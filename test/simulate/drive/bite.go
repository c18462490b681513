package drive

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sluice-bridge/sluice/test/simulate"
)

// Patch takes back what keeps a promise of the bridge. Scenarios have to find that.
type Patch struct {
	Name string
	File string
	// What is taken back: the text before the first difference.
	What string
	// Beyond says why scenarios cannot show it; empty where they have to.
	Beyond string
}

// beyond begins the paragraph of a patch that says why it is not found.
const beyond = "Beyond simulation: "

// Patches reads those of a folder.
func Patches(folder string) ([]Patch, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.patch"))
	if err != nil {
		return nil, err
	}
	var all []Patch
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		head, _, ok := strings.Cut(string(text), "diff --git ")
		if !ok || strings.TrimSpace(head) == "" {
			return nil, fmt.Errorf("%s does not say what it takes back before its first difference", file)
		}
		what, why, _ := strings.Cut(head, beyond)
		all = append(all, Patch{
			Name: strings.TrimSuffix(filepath.Base(file), ".patch"), File: file,
			What: strings.Join(strings.Fields(what), " "), Beyond: strings.Join(strings.Fields(why), " "),
		})
	}
	return all, nil
}

// Apply makes a copy of the tree at root, in a folder, and patches it.
func (p Patch) Apply(ctx context.Context, root, dir string) error {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("listing the tree: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not yet committed
		}
		if err != nil {
			return err
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, text, 0o644); err != nil {
			return err
		}
	}
	file, err := filepath.Abs(p.File)
	if err != nil {
		return err
	}
	return p.git(ctx, dir, "apply", file)
}

// Check says whether a patch applies to the tree at root.
func (p Patch) Check(ctx context.Context, root string) error {
	file, err := filepath.Abs(p.File)
	if err != nil {
		return err
	}
	return p.git(ctx, root, "apply", "--check", file)
}

func (p Patch) git(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	// A copy is in no repository, nor in one that is around it.
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", p.Name, err, out)
	}
	return nil
}

// Bite is what came of a patch.
type Bite struct {
	Patch
	Runs     int                // until it was found, or all
	Found    string             // the promise; empty for nothing
	Scenario *simulate.Scenario // shrunk
	Result   *simulate.Result
	Check    string
}

// Bite runs scenarios with a patch until one fails that does not without, and shrinks it. whole runs the
// tree as it is.
func (p Patch) Bite(ctx context.Context, whole *Child, root string, first uint64, runs int) (*Bite, error) {
	dir, err := os.MkdirTemp("", "bite")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := p.Apply(ctx, root, dir); err != nil {
		return nil, err
	}
	binary, err := Build(ctx, dir, dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	bitten := &Child{Binary: binary, Limit: whole.Limit}
	b := &Bite{Patch: p}
	var failed error
	running, found := context.WithCancel(ctx)
	defer found()
	err = bitten.Many(running, first, runs, func(sc *simulate.Scenario, r *simulate.Result) {
		b.Runs++
		if len(r.Violations) == 0 || r.Violations[0].Promise == simulate.Unplayed || b.Scenario != nil || failed != nil {
			return
		}
		good, err := whole.Run(ctx, sc)
		if err != nil || len(good.Violations) > 0 {
			failed = err
			return
		}
		b.Scenario, b.Result, b.Check, b.Found = sc, r, r.Violations[0].Check, r.Violations[0].Promise
		found()
	})
	if err == nil {
		err = failed
	}
	if err != nil || b.Scenario == nil {
		return b, err
	}
	shrunk, r, err := shrink(ctx, b.Scenario, func(ctx context.Context, sc *simulate.Scenario) (*simulate.Result, error) {
		r, err := bitten.Run(ctx, sc)
		if err != nil || !fails(r, b.Check) {
			return nil, err
		}
		good, err := whole.Run(ctx, sc)
		if err != nil || len(good.Violations) > 0 {
			return nil, err
		}
		return r, nil
	})
	if err == nil && r != nil {
		b.Scenario, b.Result = shrunk, r
	}
	return b, err
}

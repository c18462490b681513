package parts

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is one run of a program. Its output goes to the end of a file.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed once the program has ended
	err  error         // how it ended; read after done
}

// spawn starts a program whose output goes to a file, as Begin does.
func spawn(argv []string, logFile string, detached bool) (*process, error) {
	out, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening a server's log: %w", err)
	}
	defer out.Close()
	p := &process{cmd: exec.Command(argv[0], argv[1:]...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	err = Begin(p.cmd, detached, func(err error) { p.err = err; close(p.done) })
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Begin starts a program in a process group of its own, so that a Ctrl-C meant for the tests does not
// take it away first, and calls ended with how it ended. Unless detached, the program dies with this
// process, however that one ends (where the system can do it).
func Begin(cmd *exec.Cmd, detached bool, ended func(error)) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if !detached {
		dieWithParent(cmd.SysProcAttr)
	}
	started := make(chan error)
	// This goroutine ends with the program. It keeps its thread: Linux ties "dies with
	// its parent" to the thread that started the child, and Go ends idle threads.
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			ended(cmd.Wait())
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("starting a process: %w", err)
	}
	return nil
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// stop asks the program to end and makes it after the grace time.
func (p *process) stop(grace time.Duration) error {
	// A stopped process would not see the request.
	if err := errors.Join(p.signal(syscall.SIGCONT), p.signal(syscall.SIGTERM)); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(grace):
		return errors.Join(fmt.Errorf("stopping a process: it was killed after %v", grace), p.kill())
	}
}

func (p *process) kill() error {
	err := p.signal(syscall.SIGKILL)
	if err == nil {
		<-p.done
	}
	return err
}

// signal takes a process that has already ended for done: there is nobody to tell.
func (p *process) signal(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signalling a process: %w", err)
	}
	return nil
}

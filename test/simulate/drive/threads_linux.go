package drive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
)

// process is one that is traced. While its runtime starts, its threads would race. They run one at a time
// instead, each until it waits for another one. When it has started, only one of them has work.
type process struct {
	pid     int
	threads []*thread
	watch   *thread // the runtime's, which stands still for good
}

type thread struct {
	id     int
	within bool // a call, at whose beginning it stands, or does not any more
	waits  bool // for word to be something else than value: futex(2)
	word   uintptr
	value  uint32
}

// start runs the threads until one does what child_test.go does at its beginning, and lets go of them.
func (p *process) start() error {
	for t := p.threads[0]; ; {
		if err := syscall.PtraceSyscall(t.id, 0); err != nil {
			return err
		}
		call, err := p.next(t)
		switch {
		case err != nil:
			return err
		case call.number == syscall.SYS_GETPPID:
			return p.release()
		case call.number == syscall.SYS_FUTEX && call.args[1]&0x7f == 0: // FUTEX_WAIT
			t.waits, t.word, t.value = true, call.args[0], uint32(call.args[2])
		case call.number == syscall.SYS_NANOSLEEP && p.watch == nil:
			// The first thread that sleeps watches the others by the real clock, and interrupts whichever has
			// run for 10 ms. It does not wake up again.
			p.watch = t
		case call.number == syscall.SYS_NANOSLEEP, call.number == syscall.SYS_SCHED_YIELD:
		default:
			continue
		}
		if t, err = p.other(t); err != nil {
			return err
		}
	}
}

// call is a system call; its number is negative where a thread stands for another reason than that it begins one.
type call struct {
	number int
	args   [6]uintptr
}

// next waits until a thread stands still again.
func (p *process) next(t *thread) (call, error) {
	none := call{number: -1}
	for {
		status, err := t.stop()
		switch {
		case err != nil:
			return none, err
		case status.TrapCause() == syscall.PTRACE_EVENT_CLONE:
			id, err := syscall.PtraceGetEventMsg(t.id)
			if err != nil {
				return none, err
			}
			made := &thread{id: int(id)}
			p.threads = append(p.threads, made)
			if err := made.stops(); err != nil {
				return none, err
			}
			return none, nil
		case status.StopSignal() == syscall.SIGTRAP|0x80:
			if t.within = !t.within; !t.within {
				return none, nil
			}
			return t.call()
		}
		if err := syscall.PtraceSyscall(t.id, int(status.StopSignal())); err != nil {
			return none, err
		}
	}
}

// call reads which call a thread begins.
func (t *thread) call() (c call, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/syscall", t.id))
	if err != nil {
		return c, err
	}
	_, err = fmt.Sscanf(string(text), "%d %v %v %v %v %v %v", &c.number, &c.args[0], &c.args[1], &c.args[2], &c.args[3], &c.args[4], &c.args[5])
	return c, err
}

// other returns the next thread after one that can run, or that one.
func (p *process) other(than *thread) (*thread, error) {
	at := slices.Index(p.threads, than)
	for i := range p.threads {
		t := p.threads[(at+1+i)%len(p.threads)]
		if t == p.watch {
			continue
		}
		if t.waits {
			var word [4]byte
			if _, err := syscall.PtracePeekData(t.id, t.word, word[:]); err != nil {
				return nil, err
			}
			if t.waits = binary.NativeEndian.Uint32(word[:]) == t.value; t.waits {
				continue
			}
		}
		return t, nil
	}
	return nil, errors.New("all of its threads wait")
}

// release lets all threads run as they like.
func (p *process) release() error {
	for _, t := range p.threads {
		if t != p.watch {
			if err := syscall.PtraceDetach(t.id); err != nil {
				return err
			}
		}
	}
	if p.watch == nil {
		return errors.New("no thread of it watches the others")
	}
	return nil
}

// reap waits for the end of the threads that are traced yet, which comes with that of the process: whoever
// waits for that does not hear of it before.
func (p *process) reap() {
	for _, t := range p.threads {
		if t.id != p.pid {
			_, _ = t.stop() // whatever it ends by; an error at once where it was let go of
		}
	}
}

func (t *thread) stop() (status syscall.WaitStatus, err error) {
	_, err = syscall.Wait4(t.id, &status, syscall.WALL, nil)
	return status, err
}

func (t *thread) stops() error {
	status, err := t.stop()
	if err == nil && !status.Stopped() {
		err = fmt.Errorf("it has ended: %#x", status)
	}
	return err
}

package drive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// runByChance runs a process of Go whose runtime draws from a seed what it draws by chance otherwise, such as
// which case a select takes and the order of maps, and whose threads nothing interrupts. The process does the
// same each time then. It returns errChance where the system does not let processes be traced.
func runByChance(cmd *exec.Cmd, seed, chance uint64) error {
	// Only the thread that has started a process may trace it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return errors.Join(errChance, err)
	}
	p := process{pid: cmd.Process.Pid}
	if err := p.prepare(seed, chance); err != nil {
		_ = cmd.Process.Kill()
		p.reap()
		_ = cmd.Wait() // it was killed
		return errors.Join(errChance, err)
	}
	p.reap()
	return cmd.Wait()
}

// prepare has a process that stands at its beginning go on by a seed, to where it begins a scenario.
func (p *process) prepare(seed, chance uint64) error {
	first := &thread{id: p.pid}
	if err := first.stops(); err != nil {
		return err
	}
	if err := sow(p.pid, seed, chance); err != nil {
		return err
	}
	const sysgood = 1 // PTRACE_O_TRACESYSGOOD: tells stops at calls from others
	if err := syscall.PtraceSetOptions(p.pid, syscall.PTRACE_O_TRACECLONE|sysgood); err != nil {
		return err
	}
	p.threads = []*thread{first}
	return p.start()
}

// randomBytes is the entry of the auxiliary vector that says where the kernel has put 16 bytes of chance, of
// which the runtime makes all of its own: AT_RANDOM of getauxval(3).
const randomBytes = 25

// sow puts a seed in place of the bytes of chance.
func sow(pid int, seed, chance uint64) error {
	vector, err := os.ReadFile(fmt.Sprintf("/proc/%d/auxv", pid))
	if err != nil {
		return err
	}
	r := rand.NewPCG(seed, chance)
	bytes := binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(nil, r.Uint64()), r.Uint64())
	for ; len(vector) >= 16; vector = vector[16:] {
		if binary.NativeEndian.Uint64(vector) == randomBytes {
			_, err := syscall.PtracePokeData(pid, uintptr(binary.NativeEndian.Uint64(vector[8:])), bytes)
			return err
		}
	}
	return errors.New("its auxiliary vector has no bytes of chance")
}

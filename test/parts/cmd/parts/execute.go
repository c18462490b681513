package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// execute runs a command to its end, passing signals on, and returns its exit code.
// When the time limit (0: none) is over, the command and its children are asked for a
// dump of their goroutines, which ends a Go program, and then killed.
func execute(argv, env []string, limit time.Duration, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), env...)

	// go test does not end its test binaries when it is killed, so all are told as a
	// group. A group of its own has no terminal, hence only with a limit.
	target := 1
	if limit > 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		target = -1
	}
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	target *= cmd.Process.Pid

	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // ends with the command
	var over, hopeless <-chan time.Time
	if limit > 0 {
		over = time.After(limit)
	}
	for {
		select {
		case sig := <-signals:
			if s, ok := sig.(syscall.Signal); ok {
				_ = syscall.Kill(target, s)
			}
		case <-over:
			fmt.Fprintf(os.Stderr, "parts: %s is still running after %v, ending it\n", argv[0], limit)
			_ = syscall.Kill(target, syscall.SIGQUIT)
			hopeless = time.After(10 * time.Second)
		case <-hopeless:
			_ = syscall.Kill(target, syscall.SIGKILL)
		case err := <-ended:
			if hopeless != nil {
				_ = syscall.Kill(target, syscall.SIGKILL) // what the command left behind
			}
			if exit := new(exec.ExitError); errors.As(err, &exit) {
				return max(1, exit.ExitCode()), nil
			}
			return done(err)
		}
	}
}

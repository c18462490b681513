//go:build !linux

package parts

import "syscall"

// dieWithParent has no counterpart here: a test binary that is killed leaves its
// servers running.
func dieWithParent(*syscall.SysProcAttr) {}

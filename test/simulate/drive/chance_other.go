//go:build !linux

package drive

import "os/exec"

func runByChance(*exec.Cmd, uint64, uint64) error { return errChance }

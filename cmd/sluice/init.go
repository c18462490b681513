package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

func newInit() *cobra.Command {
	var path string
	var force bool
	c := &cobra.Command{
		Use:               "init",
		Short:             "Write a configuration to start from",
		Long:              "Write a short, commented configuration to start from. An existing file is not changed.",
		Args:              noArgs,
		ValidArgsFunction: noFiles,
		RunE:              func(c *cobra.Command, _ []string) error { return initialize(c.OutOrStdout(), path, force) },
	}
	c.Flags().StringVarP(&path, "output", "o", "bridge.yaml", "file to write; - prints")
	c.Flags().BoolVar(&force, "force", false, "overwrite the file")
	_ = c.MarkFlagFilename("output", "yaml", "yml") // for completion only
	return c
}

func initialize(stdout io.Writer, path string, force bool) error {
	if path == "" {
		return usagef("--output is empty; name a file, or - to print")
	}
	if path == "-" {
		_, err := stdout.Write(config.Starter())
		return err
	}
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, mode, 0o644) //nolint:gosec // a secret that is written into it is warned of
	switch {
	case errors.Is(err, fs.ErrExist):
		return usagef("%s exists already; name another file with -o, or overwrite it with --force", path)
	case err != nil:
		return usagef("%s cannot be written (%s); name another file with -o", path, excerpt.Cause(err))
	}
	if _, err = f.Write(config.Starter()); err == nil {
		err = f.Close()
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = fmt.Fprintf(stdout, "%s is written. Put in your brokers, topics and queues, and check it with\n\n  sluice validate -c %s\n", path, path)
	return err
}

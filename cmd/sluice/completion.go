package main

import "github.com/spf13/cobra"

// addCompletion adds cobra's completion command now, and not at execution, to hold it to the exit
// code of wrong usage.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd("completion")
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Short = "Print a completion script for a shell"
		c.Args = cobra.ArbitraryArgs // noCommand looks at them
		c.RunE = noCommand
		for _, shell := range c.Commands() {
			shell.Args = noArgs
		}
	}
}

// noFiles keeps shells from offering files where none are taken.
func noFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

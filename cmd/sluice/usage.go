package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// usagef is a command line that cannot be understood, with the remedy in its text.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// noCommand shows the help, and refuses a command that does not exist.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(c, args[0])
	}
	return c.Help()
}

func unknownCommand(c *cobra.Command, name string) error {
	if near := c.SuggestionsFor(name); len(near) > 0 {
		return usagef("%q is not a command of %s; did you mean %s?", name, c.CommandPath(), strings.Join(near, " or "))
	}
	return usagef("%q is not a command of %s; see %s --help", name, c.CommandPath(), c.CommandPath())
}

// noArgs refuses arguments.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, so what is %q for? See %s --help", c.CommandPath(), args[0], c.CommandPath())
	}
	return nil
}

// newHelp replaces cobra's help command, which takes a command that does not exist for success.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about a command",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return commandNames(root), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			at := root
			for _, name := range args {
				next, rest, err := at.Find([]string{name})
				if err != nil || len(rest) > 0 || next == at {
					return unknownCommand(at, name)
				}
				at = next
			}
			at.InitDefaultHelpFlag() // as --help itself would have it
			return at.Help()
		},
	}
}

func commandNames(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name()+"\t"+sub.Short)
		}
	}
	return names
}

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

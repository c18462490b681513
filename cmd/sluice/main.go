// Command sluice carries events from Kafka to SQS and SNS.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend"
)

// Exit codes.
const (
	exitFailed = 1 // failed while running
	exitUsage  = 2 // wrong usage or configuration
)

func main() {
	// A crash ends by SIGABRT. By default it would end with code 2, which says that the configuration
	// is wrong, and a supervisor that goes by the code would not start the bridge again.
	debug.SetTraceback("crash")
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// execute runs one command line and returns its exit code.
func execute(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	addCompletion(root) // which takes the current output
	err := root.ExecuteContext(context.Background())
	if err == nil {
		return 0
	}
	var quiet silent
	var problems config.Problems
	switch {
	case errors.As(err, &quiet):
	case errors.As(err, &problems):
		for _, p := range problems {
			excerpt.Fprintf(stderr, "%s\n", p)
		}
	default:
		excerpt.Fprintf(stderr, "%s\n", err)
	}
	var usage usageError
	var refused resend.RequestError
	if errors.As(err, &problems) || errors.As(err, &usage) || errors.As(err, &refused) {
		return exitUsage
	}
	return exitFailed
}

// silent is an error that has been told already.
type silent struct{ error }

// Unwrap returns the error itself.
func (s silent) Unwrap() error { return s.error }

// usageError is a command line that cannot be understood.
type usageError struct{ error }

// Unwrap returns the error itself.
func (u usageError) Unwrap() error { return u.error }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "sluice",
		Short:         "Carry events from Kafka to SQS and SNS",
		Long:          "Sluice reads Kafka topics as a consumer group, decides by rules which SQS queues and SNS\ntopics each event goes to, sends them in batches, and commits an offset only after AWS has\nacknowledged everything at or below it.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		Args:          cobra.ArbitraryArgs, // noCommand looks at them
		RunE:          noCommand,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
	})
	root.AddCommand(newRun(), newDemo(), newValidate(), newRoute(), newTest(), newReplay(), newRedrive(), newSchema(), newInit(), newVersion())
	root.SetHelpCommand(newHelp(root))
	return root
}

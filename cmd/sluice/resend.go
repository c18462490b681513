package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/resend"
)

// resendOptions are the flags that replay and redrive share.
type resendOptions struct {
	config       string
	from, to     string
	destinations []string
	rules        []string
	rate         int
	yes, dryRun  bool
	json         bool
	preview      int64
	timeout      time.Duration

	since, until time.Time // read from from and to
}

func (o *resendOptions) flags(c *cobra.Command) {
	configFlag(c, &o.config)
	f := c.Flags()
	f.IntVar(&o.rate, "rate", 0, "most messages a second; 0 is no limit")
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask before sending")
	f.BoolVar(&o.dryRun, "dry-run", false, "count what would be sent, and send nothing")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	f.Int64Var(&o.preview, "preview", 100_000, "most records to read for the counts before sending")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "give up when Kafka has not answered, or a destination has been broken, for this long")
	_ = c.RegisterFlagCompletionFunc("destination", o.complete((*config.Config).DestinationNames))
	_ = c.RegisterFlagCompletionFunc("rule", o.complete((*config.Config).RuleNames))
	for _, name := range []string{"from", "to", "rate", "preview", "timeout"} {
		_ = c.RegisterFlagCompletionFunc(name, noFiles) // for completion only
	}
}

// complete offers names of the configuration.
func (o *resendOptions) complete(names func(*config.Config) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		cfg, err := config.Load(o.config, nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(cfg), cobra.ShellCompDirectiveNoFileComp
	}
}

func (o *resendOptions) check(now time.Time) (err error) {
	switch {
	case o.rate < 0:
		return usagef("--rate is %d; write a number of messages a second, or leave it out", o.rate)
	case o.preview < 1:
		return usagef("--preview is %d; write a number above zero", o.preview)
	case o.timeout <= 0:
		return usagef("--timeout is %v; write a time above zero, like 30s", o.timeout)
	}
	if o.from != "" {
		if o.since, err = parseTime("--from", o.from, now); err != nil {
			return err
		}
	}
	if o.to != "" {
		if o.until, err = parseTime("--to", o.to, now); err != nil {
			return err
		}
	}
	if o.from != "" && o.to != "" && !o.since.Before(o.until) {
		return usagef("--to %s is not after --from %s; write a later one", o.to, o.from)
	}
	return nil
}

func (o *resendOptions) period() resend.Period { return resend.Period{From: o.since, To: o.until} }

// shellLine writes a command for a shell.
func shellLine(words []string) string {
	for i, w := range words {
		if strings.ContainsFunc(w, func(c rune) bool { return !strings.ContainsRune(plainInShell, c) }) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// plainInShell are the characters that need no quotes.
const plainInShell = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:+,="

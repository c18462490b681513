package main

import (
	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of a configuration",
		Long: `Print the JSON Schema (draft 2020-12) of a configuration file, for editors that complete and check
YAML with it. A schema cannot check names within the file, or queues and topics of AWS: use sluice
validate for that.`,
		Example:           "  sluice schema >bridge.schema.json\n  # and at the top of bridge.yaml:\n  # yaml-language-server: $schema=bridge.schema.json",
		Args:              noArgs,
		ValidArgsFunction: noFiles,
		RunE: func(c *cobra.Command, _ []string) error {
			schema, err := config.Schema()
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(schema)
			return err
		},
	}
}

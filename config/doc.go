// Package config reads bridge.yaml: config/yamlconf lays the environment over the file over the defaults and fills the
// structs of this package; then everything is checked that can be checked without a network, and the rules are compiled.
// Every problem is reported in one go, each as one sentence with its place and its remedy.
//
// What a rule may look like is checked by
// routing alone, which compiles it. The package may import the packages below config, routing and what lies below
// those, and what says what names and limits there are: address, attribute, quota, topic. It knows no bridge.
//
//	load.go     the steps together
//	check.go    the checks, section by section and then across sections
//	compile.go  what only the router can say
//	schema.go   which keys go together, for editors
//	starter.go  a configuration to begin with
//
// Each section has a file, with its keys, defaults, ranges and checks:
//
//	config.go           all of it
//	kafka.go            kafka; start.go, sasl.go, tls.go
//	schema_registry.go  schema_registry
//	topics.go           topics; topic_lookup.go, what they say of one
//	aws.go              aws
//	destination.go      destinations; attributes.go, isolated.go
//	rules.go            rules
//	correlation.go      correlation
//	dead_letter.go      dead_letter
//	limits.go           limits
//	log.go, admin.go    log and admin
//
// Checks of their own:
//
//	numbers.go      texts that are read as numbers
//	topic_meant.go  names of topics that were meant as something else; topic_taken.go, expressions that match none
//	secret.go       files with secrets that others can read; clear.go, credentials without TLS
package config

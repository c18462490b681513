// Package config reads bridge.yaml: config/yamlconf lays the environment over the file over the defaults and fills the
// structs of this package; then everything is checked that can be checked without a network, and the rules are compiled.
// Every problem is reported in one go, each as one sentence with its place and its remedy.
//
// Each section has a file of its own, with its keys, defaults, ranges and checks. What a rule may look like is checked by
// routing alone, which compiles it. The package may import the packages below config, routing and what lies below
// those, and what says what names and limits there are: address, attribute, quota, topic. It knows no bridge.
//
//	load.go     the steps together
//	check.go    the checks, section by section and then across sections
//	compile.go  what only the router can say
//	schema.go   which keys go together, for editors
package config

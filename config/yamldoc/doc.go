// Package yamldoc reads one YAML document and knows where each of its values stands: it says in plain words what
// is wrong with the text, fills variables of the environment in, keeps numbers as they are written, and collects
// the problems that others find, each with its place and in the order of the file.
//
// It knows no configuration and no key. It may import internal packages alone.
//
//	document.go   the document, or what the YAML reader stumbled over
//	syntax.go     plain words for that; spaces that are none
//	escapes.go    the escapes of JSON that YAML does not take
//	pairs.go      the keys of a mapping, merged ones too
//	tree.go       nodes as maps, lists and scalars: anchors, merged keys, bounds
//	scalar.go     scalars as they are written
//	expand.go     ${VARIABLE}
//	report.go     problems, and where values stand; block.go, within a text of several lines
//	problem.go    one of them; sentences.go, what several readers say
//	path.go       the paths of values
package yamldoc

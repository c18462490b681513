// Package codectest has the schemas and values of tests.
package codectest

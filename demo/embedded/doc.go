// Package embedded makes the bridge that the demo shows from a configuration, between the demo's own parts, and asks a
// forecast where records should go. It is apart from demo, so that what checks the bridge does not know it.
package embedded

// Package attribute says which attributes a message can have: the names of the bridge's own, those that nobody may
// take, and what the types hold. It is pure, and may import nothing of ours.
package attribute

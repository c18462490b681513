// Package await has what a start needs of the brokers tried until they give it: a broker that does not answer is
// waited for, one that refuses is an error. It may import the parts that wiring makes, and runs no bridge.
package await

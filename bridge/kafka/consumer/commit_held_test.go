package consumer

import (
	"context"
	"encoding/binary"
	"net"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// heldConn sends no commit before it is let go, whatever deadline is set, as the client itself sends none while a
// quota holds up what it has sent before.
type heldConn struct {
	net.Conn
	free chan struct{}
}

func (c *heldConn) Write(p []byte) (int, error) {
	if int16(binary.BigEndian.Uint16(p[4:])) == int16(kmsg.OffsetCommit) {
		<-c.free
	}
	return c.Conn.Write(p)
}

// Nobody waits for a commit beyond its time, though the client does not notice the end of that.
func TestCommitIsHeldUp(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	free := make(chan struct{})
	m := join(t, k, func(o *Options) {
		o.Connection.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &heldConn{c, free}, nil
		}
	})
	defer close(free)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 1)...)
	kafkatest.Await(t, "trouble", func() bool { return m.board.Is("commit "+group) != "" })
}

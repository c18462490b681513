package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/wiring"
)

// cluster is what the checks of Kafka share.
type cluster struct {
	checks
	config *config.Config
	client *kgo.Client
	admin  *kadm.Client
}

// checkKafka looks at brokers, topics, groups and the dead-letter topic.
func checkKafka(ctx context.Context, cfg *config.Config, session *awsapi.Session) checks {
	// A broker that keeps silent must not take the time of all that comes after it.
	timeout := 5 * time.Second
	if end, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(end)/2)
	}
	k := &cluster{config: cfg}
	client, err := wiring.Connection(cfg, session).Probe(max(timeout, time.Millisecond),
		kgo.RequestRetries(2*len(cfg.Kafka.Brokers)), // each retry asks another broker
		kgo.RetryBackoffFn(func(int) time.Duration { return 100 * time.Millisecond }),
	)
	if err != nil {
		k.fail("kafka", err.Error())
		return k.checks
	}
	defer client.Close()
	k.client, k.admin = client, kadm.NewClient(client)
	if k.brokers(ctx) {
		k.topics(ctx)
		k.groups(ctx)
		k.handovers(ctx)
		k.behind(ctx)
		k.letters(ctx)
	}
	return k.checks
}

// brokers asks the configured brokers for all there are, and then each of these: what brokers
// advertise is often an address that is of no use from here.
func (k *cluster) brokers(ctx context.Context) bool {
	const place = "kafka.brokers"
	seeds := strings.Join(k.config.Kafka.Brokers, ", ")
	found, err := k.admin.BrokerMetadata(ctx)
	if err != nil {
		k.fail(k.whyUnreachable(ctx, err, "no broker of "+seeds+" answers"))
		return false
	}
	versions, err := k.admin.ApiVersions(ctx)
	if err != nil {
		k.fail(k.whyUnreachable(ctx, err, "no broker of "+seeds+" answers"))
		return false
	}
	silent := 0
	for _, b := range found.Brokers {
		if err := versions[b.NodeID].Err; err != nil {
			silent++
			k.fail(place, fmt.Sprintf("broker %d calls itself %s:%d, and that does not answer (%s); open the way there, or correct advertised.listeners of the broker",
				b.NodeID, b.Host, b.Port, plainly(ctx, err)))
		}
	}
	if silent == 0 {
		k.ok(place, fmt.Sprintf("%s of cluster %s", answering(len(found.Brokers)), found.Cluster))
	}
	return silent < max(len(found.Brokers), 1)
}

func answering(brokers int) string {
	if brokers == 1 {
		return "the broker answers, the only one"
	}
	return fmt.Sprintf("all %d brokers answer, those", brokers)
}

// whyUnreachable gives the place and the sentence for a cluster that cannot be talked to.
func (k *cluster) whyUnreachable(ctx context.Context, err error, what string) (place, message string) {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var token *kafka.TokenError
	reason := plainly(ctx, err)
	switch {
	case errors.As(err, &token):
		return "kafka.sasl", token.Error()
	case errors.As(err, &unknown):
		return "kafka.tls", fmt.Sprintf("the brokers' certificate is signed by nobody known (%s); name the authority's certificate in kafka.tls.ca_file", reason)
	case errors.As(err, &name):
		return "kafka.tls", fmt.Sprintf("the brokers' certificate is for another name (%s); set kafka.tls.server_name, or write the name in kafka.brokers", reason)
	case errors.As(err, &record):
		return "kafka.tls", fmt.Sprintf("the brokers speak no TLS at this port (%s); name their TLS port in kafka.brokers, or remove kafka.tls", reason)
	case errors.Is(err, kerr.SaslAuthenticationFailed), errors.Is(err, kerr.IllegalSaslState), errors.Is(err, kerr.UnsupportedSaslMechanism):
		return "kafka.sasl", fmt.Sprintf("the brokers do not take the credentials (%s); correct kafka.sasl", reason)
	case errors.Is(err, io.EOF):
		return "kafka.brokers", fmt.Sprintf("the brokers of %s close the connection at once; check whether the port wants TLS, and the user and password of kafka.sasl", strings.Join(k.config.Kafka.Brokers, ", "))
	case errors.Is(err, kerr.ClusterAuthorizationFailed):
		return "kafka.brokers", fmt.Sprintf("the brokers refuse (%s); give the principal the right DESCRIBE on the cluster", reason)
	}
	return "kafka.brokers", fmt.Sprintf("%s (%s); check the addresses, the network, and whether the port wants TLS or SASL", what, reason)
}

// plainly gives the cause of an error without the layers of the client.
func plainly(ctx context.Context, err error) string {
	var refused *kerr.Error
	var dial *net.OpError
	switch {
	case errors.As(err, &refused):
		return refused.Message
	case errors.As(err, &dial):
		return dial.Error()
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	}
	return err.Error()
}

// handovers tells of destinations that had a group of their own and have still to get something.
func (k *cluster) handovers(ctx context.Context) {
	const place = "kafka.group"
	committed, err := k.admin.FetchOffsets(ctx, k.config.Kafka.Group)
	if err != nil {
		return // told with the group
	}
	if err := handover.CheckVersions(k.config.Kafka.Group, committed); err != nil {
		k.fail(place, err.Error())
		return
	}
	backlog, err := wiring.Sharing(k.config, "").Backlog(ctx, k.admin, committed)
	if err != nil {
		k.fail(place, fmt.Sprintf("%s, so it is unknown where its destination, which is no longer isolated, goes on; give the principal the right DESCRIBE on the group, and check again", err))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(backlog)) {
		behind := backlog[name]
		why := fmt.Sprintf("destination %s is no longer isolated, and will be caught up with them", name)
		if behind.Of != name {
			why = fmt.Sprintf("its destination was removed, and %s, which has its address, will get them", name)
		}
		k.note(place, fmt.Sprintf("group %s is behind group %s by %s at most; %s",
			k.config.OwnGroup(behind.Of), k.config.Kafka.Group, excerpt.Plural(int(behind.Records), "record"), why))
	}
}

// behind tells of groups that are behind others: it matters where this configuration has moved rules.
func (k *cluster) behind(ctx context.Context) {
	names := slices.Sorted(maps.Keys(wiring.GroupNames(k.config)))
	if len(names) < 2 {
		return
	}
	reached, err := handover.LookUpBy(ctx, k.admin, k.config.Kafka.Group, wiring.Sharing(k.config, ""), names)
	if err != nil {
		return // told with the groups
	}
	foremost := handover.ForemostOf(reached)
	for _, name := range names {
		n, partitions := reached[name].Behind(foremost)
		if n > 0 && len(reached[name]) > 0 {
			k.note("kafka.group", fmt.Sprintf("group %s is behind another by %s at most, in %s; rules that are moved between their destinations hold for these after a reload, and not after a restart",
				name, excerpt.Plural(int(n), "record"), excerpt.Plural(partitions, "partition")))
		}
	}
}

// allowed says whether an operation is among those a broker lists; where it lists none it is not
// known, and not held against it.
func allowed(operations []kadm.ACLOperation, op kadm.ACLOperation) bool {
	return len(operations) == 0 || slices.Contains(operations, op) || slices.Contains(operations, kadm.OpAll)
}

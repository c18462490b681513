package wiring

import (
	"context"
	"crypto/tls"
	"fmt"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/config"
)

// Connection returns how the brokers of a configuration are reached.
func Connection(cfg *config.Config, session *awsapi.Session) kafka.Connection {
	k := cfg.Kafka
	c := kafka.Connection{Brokers: k.Brokers, ClientID: k.ClientID}
	if k.TLS.Enabled {
		c.TLS = func() (*tls.Config, error) {
			cfg, err := k.TLS.Config()
			if err != nil {
				return nil, fmt.Errorf("kafka.tls: %w", err)
			}
			return cfg, nil
		}
	}
	if k.SASL.Mechanism != "" {
		c.SASL = &kafka.SASL{
			Mechanism:  string(k.SASL.Mechanism),
			Username:   k.SASL.Username,
			Extensions: k.SASL.Extensions,
			Secret: func() (string, error) {
				if k.SASL.Mechanism == config.OAuthBearer {
					token, err := k.SASL.BearerToken()
					return token.Reveal(), err
				}
				return k.SASL.Password.Reveal(), nil
			},
			AWS: func(ctx context.Context, host string) ([]byte, error) {
				return session.KafkaLogin(ctx, host, k.SASL.RegionOf(host))
			},
		}
	}
	return c
}

// Place returns what tells whether another destination leads to the same queue or topic.
func Place(d config.Destination) progress.ResourceID {
	a := d.Address()
	return progress.NewResourceID(string(a.Service), d.Region, a.Account, a.Name)
}

// Sharing returns what the shared group has to do with the destinations; zero for another group.
func Sharing(cfg *config.Config, isolated string) handover.Sharing {
	if isolated != "" {
		return handover.Sharing{}
	}
	s := handover.Sharing{Group: cfg.OwnGroup, Resources: map[string]progress.ResourceID{}}
	for _, name := range cfg.DestinationNames() {
		s.Resources[name] = Place(cfg.Destinations[name])
		if cfg.Destinations[name].Isolated {
			s.Apart = append(s.Apart, name)
		} else {
			s.Sends = append(s.Sends, name)
		}
	}
	return s
}

// GroupNames returns the consumer groups of a configuration, with the isolated destination of
// each; the shared group has none.
func GroupNames(cfg *config.Config) map[string]string {
	names := map[string]string{cfg.Kafka.Group: ""}
	for _, d := range cfg.DestinationNames() {
		if cfg.Destinations[d].Isolated {
			names[cfg.Group(d)] = d
		}
	}
	return names
}

package awsapi

import "context"

// Keys returns the session's own credentials, for what signs by itself (AWS_MSK_IAM).
func (s *Session) Keys(ctx context.Context) (accessKey, secretKey, sessionToken string, err error) {
	c, err := s.config.Credentials.Retrieve(ctx)
	return c.AccessKeyID, c.SecretAccessKey, c.SessionToken, err
}

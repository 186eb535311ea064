package mlflow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Client speaks with one server. It is safe for concurrent use.
type Client struct {
	base           *url.URL
	token          string
	user, password string
	http           http.Client
}

// timeout of a request.
const timeout = 30 * time.Second

// maxAnswer is the most that is read of an answer.
const maxAnswer = 8 << 20

// NewClient returns a client of the server at an http or https URL. Credentials are those of
// MLflow's own client, $MLFLOW_TRACKING_TOKEN, or $MLFLOW_TRACKING_USERNAME and
// $MLFLOW_TRACKING_PASSWORD, or of the URL.
func NewClient(address string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("expected the URL of an MLflow server, such as http://127.0.0.1:5000") // which may hold a password: not shown
	}
	c := &Client{token: os.Getenv("MLFLOW_TRACKING_TOKEN"), user: os.Getenv("MLFLOW_TRACKING_USERNAME"), password: os.Getenv("MLFLOW_TRACKING_PASSWORD")}
	c.http.Timeout = timeout
	if u.User != nil {
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
		u.User = nil
	}
	u.Path, u.RawQuery, u.Fragment = strings.TrimRight(u.Path, "/"), "", ""
	c.base = u
	return c, nil
}

// Error is what a server answered.
type Error struct {
	Status  int
	Code    string // such as RESOURCE_DOES_NOT_EXIST
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("MLflow's server answered %d %s: %.300s", e.Status, e.Code, e.Message)
}

// call sends in as JSON and reads the answer into out; either may be nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	answer, err := c.send(ctx, method, "/api/2.0/mlflow/"+path, "application/json", body)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("MLflow's server: %w", err)
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, path, kind string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", kind)
	switch {
	case c.token != "":
		r.Header.Set("Authorization", "Bearer "+c.token)
	case c.user != "":
		r.SetBasicAuth(c.user, c.password)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("MLflow's server: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("MLflow's server: %w", err)
	}
	if answer.StatusCode >= 300 {
		e := &Error{Status: answer.StatusCode}
		var said struct {
			Code    string `json:"error_code"`
			Message string `json:"message"`
		}
		if json.Unmarshal(text, &said) == nil && said.Code != "" {
			e.Code, e.Message = said.Code, said.Message
		} else {
			e.Message = string(text)
		}
		return nil, e
	}
	return text, nil
}

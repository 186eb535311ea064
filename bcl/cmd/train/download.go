package train

import (
	"context"
	"fmt"
	"io"
)

func (o *options) download(ctx context.Context, stderr io.Writer) error {
	return fmt.Errorf("%s holds no %s", o.data, o.reference.dataset)
}

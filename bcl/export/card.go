package export

import (
	"bytes"
	_ "embed"
	"strings"
	"text/template"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/score"
)

// Card is what a model card says beside the network itself. Empty fields are left out.
type Card struct {
	Name     string
	Size     int    // of the images that it was trained on, pixels
	Method   string // such as "bcl-i"
	Epochs   int
	Data     string
	Samples  int
	Print    string // fingerprint of the data
	Classes  []Class
	Settings string // config.yaml of the run
	Results  []score.Row
	Source   string // of the results
	Version  string // of this program
	SHA256   string // of the checkpoint
}

// Class is a class of the training images.
type Class struct {
	Name   string
	Images int
}

//go:embed card.md
var cardText string

var cardTemplate = template.Must(template.New("card").Funcs(template.FuncMap{"cell": cell}).Parse(cardText))

// cell is a name in a table of Markdown.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "\r", " ", "<", "&lt;", "`", "'").Replace(s)
}

// markdown is README.md.
func (c *Card) markdown(a ckpt.Arch, n Normalization) ([]byte, error) {
	reader := ReaderOf(a)
	var b bytes.Buffer
	err := cardTemplate.Execute(&b, struct {
		*Card
		Network, Why, Snippet string
		Features              int
		Normalization
		Timm bool
	}{c, a.String(), reader.Why, Snippet(".", a, n), Features(a), n, reader.Timm != ""})
	return b.Bytes(), err
}

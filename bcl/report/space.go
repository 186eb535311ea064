package report

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// scene is a map of features.
type scene struct {
	Data             string // JSON for the page's script
	Layouts, Colours []string
	Text             string
	Sprite           template.URL // thumbnails of all points in a sheet
}

// Of sheets of thumbnails.
const (
	spriteSide    = 36
	spriteColumns = 40
)

// each adds the blocks of a kind of all runs, so that those of several stand side by side.
func (p *pageData) each(to *section, kind func(r *Run) (block, bool)) {
	for _, r := range p.runs {
		if b, ok := kind(r); ok {
			b.Title = p.of(r, b.Title)
			to.Blocks = append(to.Blocks, b)
		}
	}
}

func (p *pageData) images() (s section) {
	s = section{ID: "images", Title: "Images"}
	of := func(title, what string, list func(pics *Pictures) []Boosted) {
		p.each(&s, func(r *Run) (b block, ok bool) {
			if r.Pictures == nil {
				return b, false
			}
			note := "The images of the " + what + " weights and the views that training makes of them next."
			if !r.boosted() {
				note = fmt.Sprintf("The images of the %s weights and their views. %s makes the views of all images alike; its memory only records.", what, r.Settings.Get("method"))
			}
			return gallery(title, note, part(p, list(r.Pictures)), nil)
		})
	}
	of("Most boosted", "highest", func(pics *Pictures) []Boosted { return pics.Most })
	of("Least boosted", "lowest", func(pics *Pictures) []Boosted { return pics.Least })
	p.each(&s, func(r *Run) (b block, ok bool) {
		if r.Pictures == nil {
			return b, false
		}
		return gallery("Views by weight", "The same crop, boosted as strongly as a sample of each weight may get it.", part(p, r.Pictures.Ladders), r.Pictures.Weights)
	})
	return s
}

// part is the share of a list that the page has room for.
func part[T any](p *pageData, list []T) []T { return list[:int(p.share*float64(len(list)))] }

// gallery is a block of samples with their views.
func gallery(title, note string, list []Boosted, weights []float64) (b block, ok bool) {
	b = block{Title: title, Note: note}
	for _, w := range weights {
		b.Columns = append(b.Columns, short(w))
	}
	for _, x := range list {
		s, err := x.strip(weights)
		if err != nil {
			continue
		}
		if weights == nil {
			s.Title = fmt.Sprintf("%.2f · %s", x.Weight, s.Title)
		}
		b.Strips = append(b.Strips, s)
	}
	return b, len(b.Strips) > 0
}

func (p *pageData) space() (s section) {
	s = section{ID: "features", Title: "Features"}
	for _, kind := range []func(r *Run, f *Features) (block, bool){p.layout, p.confused, p.near, p.twins, p.far} {
		p.each(&s, func(r *Run) (b block, ok bool) {
			if r.Features == nil || r.Features.knn.K == 0 {
				return b, false
			}
			s.Lead = fmt.Sprintf("What the network makes of %d of the training images. Near means alike to the network; labels had no part in it.", len(r.Features.Rows))
			return kind(r, r.Features)
		})
	}
	p.each(&s, p.grouped)
	return s
}

func (p *pageData) layout(r *Run, f *Features) (b block, ok bool) {
	if f.PCA == nil || f.UMAP == nil {
		return b, false
	}
	m, err := r.scene(p.share >= 0.5)
	return block{Title: "Map", Map: m, Wide: len(p.runs) == 1,
		Note: fmt.Sprintf("UMAP keeps neighbours together; its distances between groups mean little. The two principal components have %.0f%% and %.0f%% of the variance.", 100*f.Share[0], 100*f.Share[1])}, err == nil
}

func (p *pageData) confused(r *Run, f *Features) (b block, ok bool) {
	if r.Labels == nil {
		return b, false
	}
	t := table{Head: []string{"of the class", "its nearest are of", "share"}}
	for _, c := range f.confusions(r.Labels, len(r.Classes), 12) {
		t.Rows = append(t.Rows, []string{r.Classes[c.from], r.Classes[c.to], fmt.Sprintf("%.0f%%", 100*c.share)})
	}
	return block{Title: "Classes that are confused", Note: "Of each image the five nearest others are asked for their class.", Table: &t}, t.Rows != nil
}

func (p *pageData) near(r *Run, f *Features) (block, bool) {
	b := block{Title: "Nearest neighbours", Note: "Left an image, then its four nearest: of the most and the least boosted that are mapped."}
	for _, i := range part(p, r.chosen(4)) {
		var others []int
		var cosines []float64
		for m := range min(4, f.knn.K) {
			others, cosines = append(others, int(f.knn.Index[i*f.knn.K+m])), append(cosines, f.cosine(i, m))
		}
		b.Strips = append(b.Strips, r.row(i, others, cosines, r.nameOf(f.Rows[i])))
	}
	return b, f.Images != nil && b.Strips != nil
}

func (p *pageData) twins(r *Run, f *Features) (block, bool) {
	b := block{Title: "Likely duplicates", Note: "Pairs that the network can hardly tell apart, the closest first."}
	for _, d := range part(p, f.duplicates(8)) {
		b.Strips = append(b.Strips, r.row(d.a, []int{d.b}, []float64{d.cosine}, fmt.Sprintf("%.3f · %s = %s", d.cosine, r.nameOf(f.Rows[d.a]), r.nameOf(f.Rows[d.b]))))
	}
	return b, f.Images != nil && b.Strips != nil
}

func (p *pageData) far(r *Run, f *Features) (block, bool) {
	b := block{Title: "Outliers", Note: "Images that are far from all others, and their nearest: rare kinds, or damaged files."}
	for _, o := range part(p, f.outliers(8)) {
		b.Strips = append(b.Strips, r.row(o.a, []int{o.b}, []float64{f.cosine(o.a, 0)}, fmt.Sprintf("%.3f · %s", o.cosine, r.nameOf(f.Rows[o.a]))))
	}
	return b, f.Images != nil && b.Strips != nil
}

// row is a mapped sample with others beside it.
func (r *Run) row(i int, others []int, cosines []float64, title string) strip {
	f := r.Features
	tile := func(i int, text string) thumb {
		text = r.nameOf(f.Rows[i]) + text
		if f.Images == nil {
			return thumb{Text: text}
		}
		t, err := newThumb(f.Images[i], ThumbSide, text)
		if err != nil {
			return thumb{Text: text}
		}
		return t
	}
	s := strip{Title: title, Class: r.classOf(f.Rows[i]), Image: tile(i, "")}
	for k, j := range others {
		s.Views = append(s.Views, tile(j, fmt.Sprintf(", cosine %.3f", cosines[k])))
	}
	return s
}

// chosen are the places of the k most and the k least boosted samples of the map.
func (r *Run) chosen(k int) []int {
	f := r.Features
	order := make([]int, len(f.Rows))
	for i := range order {
		order[i] = i
	}
	if r.Memory != nil {
		slices.SortStableFunc(order, func(a, b int) int {
			x, y := r.Memory.Weights[f.Rows[a]], r.Memory.Weights[f.Rows[b]]
			switch {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return 0
		})
	}
	if len(order) <= 2*k {
		return order
	}
	return append(order[:k:k], order[len(order)-k:]...)
}

func (r *Run) nameOf(sample int) string {
	if sample < len(r.names) {
		return quote.Name(r.names[sample])
	}
	return fmt.Sprintf("sample %d", sample)
}

func (r *Run) classOf(sample int) string {
	if r.Labels == nil || r.Labels[sample] < 0 {
		return ""
	}
	return quote.Name(r.Classes[r.Labels[sample]])
}

// scene packs the map for the page's script.
func (r *Run) scene(images bool) (*scene, error) {
	f := r.Features
	n := len(f.Rows)
	sc := &scene{Layouts: []string{"UMAP", "PCA"}, Text: fmt.Sprintf("Map of %d images by their features; tables below list classes that are confused, and neighbours", n)}
	type data struct {
		UMAP    string   `json:"umap"`
		PCA     string   `json:"pca"`
		Names   []string `json:"names"`
		Weights []int    `json:"w,omitempty"` // hundredths
		Labels  []int    `json:"c,omitempty"`
		Classes []string `json:"classes,omitempty"`
		Groups  []int    `json:"g,omitempty"` // of each class: 0 to 2, or -1
		Side    int      `json:"side"`
		Columns int      `json:"columns"`
	}
	d := data{UMAP: pack(f.UMAP), PCA: pack(f.PCA), Side: spriteSide, Columns: spriteColumns}
	for _, row := range f.Rows {
		d.Names = append(d.Names, clip(r.nameOf(row), 60))
		if r.Memory != nil {
			d.Weights = append(d.Weights, int(100*r.Memory.Weights[row]+0.5))
		}
		if r.Labels != nil {
			d.Labels = append(d.Labels, r.Labels[row])
		}
	}
	if r.Labels != nil {
		sc.Colours = append(sc.Colours, "class")
		d.Classes = r.Classes
		for c := range r.Classes {
			g := -1
			for k, in := range r.Groups {
				if slices.Contains(in, c) {
					g = k
				}
			}
			d.Groups = append(d.Groups, g)
		}
		if !r.Groups.None() {
			sc.Colours = append(sc.Colours, "group")
		}
	}
	if r.Memory != nil {
		sc.Colours = append(sc.Colours, "weight")
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	sc.Data = string(text)
	if f.Images != nil && images {
		sc.Sprite, err = sprite(f.Images)
	}
	return sc, err
}

// pack writes coordinates as int16 of their range, in base64.
func pack(y []float32) string {
	var mid, span [2]float32
	for axis := range 2 {
		lo, hi := y[axis], y[axis]
		for i := axis; i < len(y); i += 2 {
			lo, hi = min(lo, y[i]), max(hi, y[i])
		}
		mid[axis], span[axis] = (lo+hi)/2, max((hi-lo)/2, 1e-9)
	}
	var b []byte
	for i, v := range y {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16((v-mid[i%2])/span[i%2]*32767)))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// sprite is a sheet of thumbnails in rows.
func sprite(images []*rgb.Image) (template.URL, error) {
	rows := (len(images) + spriteColumns - 1) / spriteColumns
	sheet, one := rgb.New(spriteColumns*spriteSide, rows*spriteSide), make([]byte, spriteSide*spriteSide*3)
	worker := (&augment.Pipeline{Size: spriteSide}).NewWorker()
	for k, m := range images {
		worker.Plain(one, m, spriteSide)
		x, y := k%spriteColumns*spriteSide, k/spriteColumns*spriteSide
		for row := range spriteSide {
			copy(sheet.Pix[3*((y+row)*sheet.W+x):], one[3*row*spriteSide:3*(row+1)*spriteSide])
		}
	}
	return dataURL(sheet, 70)
}

package backtest
import ("os";"testing";"runtime";"time";"github.com/tocsin/tocsin")
func TestZZ(t *testing.T){ f,_:=os.Open("/tmp/bt2.csv"); p:=emptyPast(t); s:=time.Now(); Reader{}.Tickets(f,FormatAny,func(r tocsin.Report) error {r.Text=r.Raw; _,err:=p.Add(r); return err}); p.Settle(); t.Log(time.Since(s)); s=time.Now(); n:=0; for range p.All(){n++}; var m runtime.MemStats; runtime.ReadMemStats(&m); t.Log(n,time.Since(s),m.Sys>>20,"MB sys", m.HeapInuse>>20) }

/*
 * eval_html_style.c - the report's style: for light and dark screens of any width, and for paper.
 *
 * Series are blue and orange, safe for red-green color blindness, and differ in lightness, too.
 * Print is always dark on light.
 */
#include "eval_html.h"

static const char light[] =
	":root{color-scheme:light dark;--bg:#fff;--panel:#f6f7f9;--ink:#1b1d23;--soft:#5a6070;"
	"--line:#e2e5ea;--blue:#2c62a3;--bluish:#c9d8ec;--orange:#b4531a;--mark:#c65d21;"
	"--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}\n";

static const char dark[] =
	":root{--bg:#14161b;--panel:#1c1f26;--ink:#e8eaf0;--soft:#9da4b4;--line:#2d313b;"
	"--blue:#86aef0;--bluish:#2d4570;--orange:#f0a267;--mark:#f0a267}"
	".shots img{filter:none}\n";

static const char text_rules[] =
	"*{box-sizing:border-box}"
	"html{-webkit-text-size-adjust:100%}"
	"body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"
	"'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}"
	"main{max-width:1120px;margin:0 auto;padding:40px 24px 64px}"
	"h1,h2,h3,p,dl,dd,figure,table,ol,ul{margin:0;padding:0}"
	"h1{font-size:15px;font-weight:600;letter-spacing:.01em}"
	"h2{font-size:22px;line-height:1.25;font-weight:650;letter-spacing:-.01em;margin:64px 0 "
	"6px}"
	"h3{font-size:15px;font-weight:600;margin:0 0 8px}"
	".lead{color:var(--soft);max-width:68ch;margin:0 0 20px;overflow-wrap:anywhere}.lead "
	"strong{color:var(--ink)}.pair "
	"table+table{margin-top:32px}"
	"code,.l{font-family:var(--mono)}"
	".l{font-weight:600;white-space:nowrap}"
	".soft,caption,figcaption{color:var(--soft)}"
	"header dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:8px 0 0;"
	"font-size:15px}"
	"header dt{color:var(--soft)}header dd{overflow-wrap:anywhere}"
	".hero{display:flex;flex-wrap:wrap;align-items:flex-end;gap:20px 56px;margin:36px 0 0;"
	"padding:0 0 32px;border-bottom:1px solid var(--line)}"
	".hero p.big{color:var(--ink);font-size:76px;line-height:1;margin:2px 0 10px "
	"-3px;font-weight:650;letter-spacing:-.035em;"
	"font-variant-numeric:tabular-nums}"
	".big small{font-size:.5em;font-weight:500;letter-spacing:0;margin-left:.12em}"
	".hero p{color:var(--soft);font-size:15px}"
	".figures{flex:1 1 "
	"480px;display:grid;grid-template-columns:repeat(3,1fr);"
	"gap:18px 24px}"
	".figures dt{color:var(--soft);font-size:13.5px;line-height:1.3}"
	".figures dd{font-size:22px;line-height:1.3;font-weight:600;"
	"font-variant-numeric:tabular-nums;letter-spacing:-.01em}"
	".figures dd small{font-size:13.5px;font-weight:400;color:var(--soft);letter-spacing:0;"
	"display:block}"
	"nav{margin:20px 0 0;font-size:15px;display:flex;flex-wrap:wrap;gap:4px 18px}"
	"a{color:var(--blue);text-underline-offset:3px;text-decoration-thickness:1px}"
	".scroll{overflow-x:auto;-webkit-overflow-scrolling:touch}"
	".pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));"
	"gap:40px 48px}"
	"figcaption{font-size:14px;margin-top:8px;max-width:68ch}";

static const char figure_rules[] =
	"table{border-collapse:collapse;font-size:14.5px;font-variant-numeric:tabular-nums;width:"
	"100%}"
	"caption{text-align:left;font-size:14px;padding:0 0 8px}"
	"th,td{padding:3px 0 3px 14px;text-align:right;vertical-align:middle;"
	"border-bottom:1px solid var(--line);white-space:nowrap}"
	"th:first-child,td:first-child{padding-left:0;text-align:left}"
	"thead th{font-weight:500;color:var(--soft);font-size:13px;vertical-align:bottom;"
	"border-bottom-color:var(--soft)}"
	"tbody th{font-weight:600;text-align:left}"
	"td.to,th.to{text-align:left}table.narrow{max-width:430px}"
	".columns table{table-layout:fixed}"
	".columns{display:grid;grid-template-columns:1fr;gap:0 44px;align-items:start}"
	".columns.n2{grid-template-columns:repeat(2,1fr)}.columns.n3{grid-template-columns:"
	"repeat(3,1fr)}"
	"svg{display:block;max-width:100%;height:auto}"
	"svg text{fill:currentColor}"
	"svg.meter{width:100%;height:9px}svg.meter rect{fill:var(--bluish)}"
	"svg.meter .part{fill:var(--blue)}svg.meter .mark{fill:var(--mark)}"
	"svg.heat{font:11px var(--mono);max-width:none;margin:0 auto}"
	".heat .row{text-anchor:end}.heat .col{text-anchor:middle}.heat .turned{text-anchor:start}"
	".heat .axis{font:12px system-ui,sans-serif}.heat .axis,.heat .axis text{fill:var(--soft)}"
	".heat .grid{stroke:var(--line);fill:none}"
	".cells rect:hover{stroke:var(--mark);stroke-width:2}"
	".plot{font:12.5px system-ui,sans-serif;width:100%}"
	".plot .grid{stroke:var(--line)}.plot .base{stroke:var(--soft)}"
	".plot .tick,.plot .tick text,.plot .name{fill:var(--soft)}"
	".plot .bar{fill:var(--bluish)}.plot .count{fill:var(--soft);opacity:.55}"
	".plot .whisker{stroke:var(--blue);fill:none;stroke-width:1.5}"
	".plot .dot{fill:var(--blue)}.plot g:hover .bar{fill:var(--blue);opacity:.6}"
	".plot .ideal{stroke:var(--mark);stroke-width:1.75;stroke-dasharray:6 5;fill:none}"
	".plot .curve{stroke:var(--blue);stroke-width:2.25;fill:none;stroke-linejoin:round}"
	".plot .second{stroke:var(--orange);stroke-dasharray:8 4}"
	".key{display:inline-block;width:26px;height:0;border-top:2.5px solid var(--blue);"
	"vertical-align:middle;margin:0 6px 2px 0}"
	".key.second{border-top:2.5px dashed var(--orange)}"
	".shots{list-style:none;display:grid;gap:18px 10px;"
	"grid-template-columns:repeat(auto-fill,minmax(92px,1fr))}"
	".shots img{display:block;width:84px;height:84px;image-rendering:pixelated;"
	"filter:invert(1);border-radius:3px;outline:1px solid rgba(127,127,127,.28)}"
	".shots p{font-size:13px;line-height:1.35;margin-top:5px;font-variant-numeric:tabular-nums}"
	".shots .said{color:var(--orange);font-weight:600}"
	".notes dt{font-weight:600;font-size:14.5px;margin-top:12px}"
	".notes dd{color:var(--soft);font-size:14.5px;max-width:76ch}"
	"footer{margin-top:56px;padding-top:16px;border-top:1px solid var(--line);font-size:14px;"
	"color:var(--soft)}\n";

static const char narrow[] =
	"@media(max-width:960px){.columns.n3{grid-template-columns:repeat(2,1fr)}}"
	"@media(max-width:640px){main{padding:24px 16px 48px}.hero p.big{font-size:60px}"
	"h2{margin-top:48px}.columns.n2,.columns.n3{grid-template-columns:1fr}"
	".columns table+table thead{display:none}"
	".figures{grid-template-columns:1fr 1fr}"
	".shots{grid-template-columns:repeat(auto-fill,minmax(80px,1fr));gap:16px 8px}"
	".shots img{width:72px;height:72px}.shots p{font-size:11.5px;letter-spacing:-.01em}}\n";

static const char paper[] =
	"@media print{@page{margin:14mm}body{font-size:10.5pt}main{max-width:none;padding:0}"
	"nav{display:none}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
	"h2{margin-top:26px}h2,h3,.lead,dt{break-after:avoid}section,p,dd,figure,"
	".shots li,tr{break-inside:avoid}"
	".scroll{overflow:visible}svg.heat{max-width:100%}"
	".pair{grid-template-columns:1fr 1fr;gap:20px 28px}"
	".columns.n2{grid-template-columns:1fr 1fr}"
	".columns.n3{grid-template-columns:repeat(3,1fr);gap:0 22px}.columns table+table thead{"
	"display:table-header-group}"
	"table{font-size:7.5pt}thead th{font-size:7pt}th,td{padding:2px 0 2px 5px}"
	".figures{grid-template-columns:repeat(3,1fr)}"
	".shots{grid-template-columns:repeat(10,1fr);gap:10px 4px}.shots "
	"img{width:48px;height:48px}"
	".shots p{font-size:6.5pt;letter-spacing:-.02em}.hero p.big{font-size:52px}}\n";

void eval_put_style(struct text *text)
{
	text_puts(text, "<style>\n");
	text_puts(text, light);
	text_puts(text, text_rules);
	text_puts(text, figure_rules);
	eval_heat_style(text, false);
	text_puts(text, "\n@media screen and (prefers-color-scheme:dark){");
	text_puts(text, dark);
	eval_heat_style(text, true);
	text_puts(text, "}\n");
	text_puts(text, narrow);
	text_puts(text, paper);
	text_puts(text, "</style>\n");
}

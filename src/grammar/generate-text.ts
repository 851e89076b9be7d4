/**
 * Program → JavaScript that reads strings of UTF-16 units. Each rule becomes a function `(b, p, e) => position behind the match,
 * or -1`; small rules are written in place. Captures are appended to a log (slot, start, end), which backtracking cuts back.
 */
import { type CharSet, difference, hasAllWide, hasNoWide, isEmptyAscii, isEverything, members } from "./charset.js";
import { type Dispatch, dispatch } from "./dispatch.js";
import { firstRead } from "./first.js";
import { capturing, DEEPEST, isSmall, type Node, type Program, type Repeat, type Rule } from "./ir.js";

/** Literals of at most this many units are compared in place. */
const SHORT = 6;

/** Source of a function body that returns the parser's entry points; with `count` it counts its work in `S`: slower. */
export function generateText(program: Program, count: boolean): string {
	const captures = capturing(program.rules);
	const functions = new Map<string, string>();
	const pending: (() => void)[] = [];
	const tables: string[] = [];
	const boundaries: string[] = [];
	const memos: string[] = [];
	let labels = 0;
	const label = (): number => ++labels;
	const step = count ? "S++;" : "";
	const at = (position: string): string => `b.charCodeAt(${position})`;

	/** Test that the code `v` (an expression without side effects) is an ASCII member. */
	const asciiTest = (set: CharSet, v: string): string => {
		const on = members(set);
		const [first, last] = [on[0], on.at(-1)];
		if (first === undefined || last === undefined) return "false";
		if (on.length === 128) return `${v}<128`;
		if (on.length <= 2) return `(${on.map((code) => `${v}===${code}`).join("||")})`;
		if (last - first === on.length - 1) return `(${v}>=${first}&&${v}<=${last})`;
		if (on.length >= 126) {
			const off = [...set.ascii.keys()].filter((code) => set.ascii[code] === 0);
			return `(${off.map((code) => `${v}!==${code}`).join("&&")}&&${v}<128)`;
		}
		const literal = `new Uint8Array([${set.ascii.join()}])`;
		if (!tables.includes(literal)) tables.push(literal);
		const name = `T${tables.indexOf(literal)}`;
		return `(${v}<128&&${name}[${v}]===1)`;
	};

	/** Statements that consume one member or fail. */
	const one = (set: CharSet, fail: string): string => {
		if (hasNoWide(set)) {
			if (isEmptyAscii(set)) return fail;
			return `if(p>=e||!${asciiTest(set, at("p"))})${fail}p++;`;
		}
		const v = `v${label()}`;
		return `{if(p>=e)${fail}const ${v}=b.charCodeAt(p);if(${asciiTest(set, v)})p++;else{if(${v}<128)${fail}${wide}if(!(${wideTest(set)}))${fail}p+=w;}}`;
	};

	/** Declares the code point `c` at p and its width `w`. */
	const wide = "const c=point(b,p,e),w=c>65535?2:1;";

	const wideTest = (set: CharSet): string => {
		if (hasAllWide(set)) return "true";
		const literal = `[${set.wide.join()}]`;
		if (!boundaries.includes(literal)) boundaries.push(literal);
		return `inside(K${boundaries.indexOf(literal)},c)`;
	};

	/** A loop over members; `bound` may stop it early. */
	const run = (set: CharSet, bound: string): string => {
		if (isEverything(set) && bound === "e") return "p=e;";
		if (hasNoWide(set)) {
			const v = `v${label()}`;
			return `for(let ${v};p<${bound};p++){${step}${v}=${at("p")};if(!${asciiTest(set, v)})break;}`;
		}
		const v = `v${label()}`;
		return `for(;p<${bound};){${step}const ${v}=b.charCodeAt(p);if(${asciiTest(set, v)}){p++;continue;}if(${v}<128)break;${wide}if(!(${wideTest(set)}))break;p+=w;}`;
	};

	const memo = (): string => {
		const name = `M${memos.length}`;
		memos.push(name);
		return name;
	};

	/** A loop of single characters that may be entered again over the same text. */
	const rememberedRun = (set: CharSet, fail: string, min: 0 | 1, patience: number): string => {
		const name = memo();
		const far = `far_${name}`;
		functions.set(
			far,
			`function ${far}(b,p,e){const q=p;const m=${name}.from(e);for(;p<e;){${step}const k=m[p-B];if(k!==0){p=k-1;break;}const o=p;${loopOnce(set)}if(p===o)break;}for(let i=q;i<=p&&m[i-B]===0;i++){${step}m[i-B]=p+1;}return p;}`,
		);
		const l = label();
		const start = min === 0 ? "" : `const s${l}=p;`;
		return `{${start}const l${l}=p+${patience}<e?p+${patience}:e;${run(set, `l${l}`)}if(p>=l${l}&&p<e)p=${far}(b,p,e);${min === 0 ? "" : `if(p===s${l})${fail}`}}`;
	};
	const loopOnce = (set: CharSet): string => `X:{${one(set, "break X;")}}`;

	const mayCapture = (node: Node, cap: boolean): boolean => cap && captures(node);

	const repeat = (node: Repeat, cap: boolean, fail: string): string => {
		if (node.body.kind === "set") {
			if (node.remembered && !isEverything(node.body.set)) return rememberedRun(node.body.set, fail, node.min, node.patience);
			return (node.min === 1 ? one(node.body.set, fail) : "") + run(node.body.set, "e");
		}
		const l = label();
		const keep = mayCapture(node.body, cap);
		const skip = node.remembered ? "" : skipAhead(node.body);
		const nothing = node.min === 1 ? `if(p===s${l})${fail}` : "";
		const start = node.min === 1 ? `const s${l}=p;` : "";
		const loop = (bound: string): string =>
			`R${l}:for(;${bound};){${skip}${step}const q${l}=p${keep ? `,n${l}=n` : ""};B${l}:{${gen(node.body, cap, `break B${l};`)}continue R${l};}p=q${l};${keep ? `n=n${l};` : ""}break;}`;
		if (!node.remembered) return `{${start}${loop("")}${nothing}}`;
		const name = memo();
		const far = `far_${name}`;
		functions.set(
			far,
			`function ${far}(b,p,e){const q=p;const m=${name}.from(e);const v=[];for(;;){${step}const k=m[p-B];if(k!==0){p=k-1;break;}v.push(p);const o=p;X:{${gen(node.body, false, "break X;")}continue;}p=o;break;}for(const i of v){${step}m[i-B]=p+1;}return p;}`,
		);
		return `{${start}let c${l}=0;${loop(`c${l}++<${node.patience}`)}if(c${l}>${node.patience})p=${far}(b,p,e);${nothing}}`;
	};

	/** Before a loop tries `~stop any`: runs over the characters that `stop` cannot begin with. */
	const skipAhead = (body: Node): string => {
		const [not, advance, ...more] = body.kind === "sequence" ? body.parts : [];
		if (not?.kind !== "not" || advance?.kind !== "set" || more.length > 0) return "";
		const first = firstRead(not.body);
		return first === undefined ? "" : run(difference(advance.set, first), "e");
	};

	const untilLast = (stop: Node): string => {
		const name = `L${memos.length}`;
		memos.push(name);
		const l = label();
		const back = `back_${name}`;
		// The last match is the same for every position before it: search from the end, once for a record.
		const low = "if(q<e&&b.charCodeAt(q)>=56320&&b.charCodeAt(q)<57344&&q>a&&b.charCodeAt(q-1)>=55296&&b.charCodeAt(q-1)<56320)continue;";
		// Where no match can begin nothing is tried.
		const first = firstRead(stop);
		const unskipped = first === undefined ? "" : `${asciiTest(first, "c")}${hasNoWide(first) ? "" : "||c>127"}`;
		const skip = first === undefined ? "" : `if(q<e){const c=${at("q")};if(!(${unskipped}))continue;}`;
		functions.set(
			back,
			`function ${back}(b,a,e){const m=${name};let f=-1,d=e+1;if(m.g===G){f=m.found;d=m.down;}else m.g=G;while(f<0&&--d>a){const q=d;${step}${skip}${low}X:{let p=q;${gen(stop, false, "break X;")}f=q;}}m.found=f;m.down=d+1;return f>a?f:a;}`,
		);
		return `{const a${l}=p;p=${back}(b,a${l},e);}`;
	};

	// With local names: what functions share is read from memory again after every write.
	const log = (slot: number, start: string): string => `const k=n,l=k+3>L.length?grow():L;l[k]=${slot};l[k+1]=${start};l[k+2]=p;n=k+3;`;

	const call = (rule: Rule, cap: boolean, fail: string): string => {
		const l = label();
		const body = isSmall(rule) ? gen(rule.body, cap, fail) : `${step}p=${functionFor(rule, cap)}(b,p,e);if(p<0)${fail}`;
		return cap && rule.slot >= 0 ? `{const q${l}=p;${body}${log(rule.slot, `q${l}`)}}` : body;
	};

	const functionFor = (rule: Rule, cap: boolean): string => {
		const key = `${rule.key}${mayCapture(rule.body, cap) ? " captures" : ""}`;
		const known = names.get(key);
		if (known !== undefined) return known;
		const name = `r${names.size}_${rule.name.replace(/[^a-zA-Z0-9_]/g, "")}`;
		names.set(key, name);
		pending.push(() => {
			const body = `${gen(rule.body, cap, "return -1;")}return p;`;
			if (!rule.recursive) functions.set(name, `function ${name}(b,p,e){${body}}`);
			else {
				const remember = mayCapture(rule.body, cap) ? undefined : memo();
				const look = remember === undefined ? "" : `const m=${remember}.from(e),k=m[p-B];if(k!==0)return k-2;const q=p;`;
				const store = remember === undefined ? "" : "m[q-B]=p+2;";
				functions.set(
					name,
					`function ${name}_(b,p,e){${body}}function ${name}(b,p,e){${step}${look}if(D>=${DEEPEST}){deep=true;return -1;}D++;p=${name}_(b,p,e);D--;${store}return p;}`,
				);
			}
		});
		return name;
	};
	const names = new Map<string, string>();

	const choose = (options: readonly Node[], cap: boolean, fail: string): string => {
		const l = label();
		const keep = options.some((option) => mayCapture(option, cap));
		const tries = (list: readonly number[]): string =>
			list
				.map((i) => {
					const option = options[i];
					if (option === undefined) return "";
					return `O${l}_${i}:{${gen(option, cap, `break O${l}_${i};`)}break A${l};}p=q${l};${keep ? `n=n${l};` : ""}`;
				})
				.join("");
		const tree =
			options.length < 4
				? undefined
				: dispatch(options, { units: (text) => /^[\u0000-\u007f]*/.exec(text)?.[0] ?? "", first: () => undefined });
		if (tree !== undefined) return chooseByTree(tree, options, cap, fail);
		const start = `const q${l}=p${keep ? `,n${l}=n` : ""};`;
		return `A${l}:{${start}${tries([...options.keys()])}${fail}}`;
	};

	const chooseByTree = (tree: Dispatch, options: readonly Node[], cap: boolean, fail: string): string => {
		const name = `choose_${label()}`;
		functions.set(name, dispatcher(name, tree, options, cap));
		return `${step}p=${name}(b,p,e);if(p<0)${fail}`;
	};

	/** A function that finds the options to try by the tree, and one function for each of its leaves. */
	const dispatcher = (name: string, tree: Dispatch, options: readonly Node[], cap: boolean): string => {
		const leaves = tree.leaves.map((leaf) => {
			const tries = leaf.map((i, k) => {
				const option = options[i];
				if (option === undefined) return "";
				const restore = k > 0 && mayCapture(option, cap) ? "n=s;" : "";
				return `${restore}${step}p=${optionFunction(option, cap)}(b,q,e);if(p>=0)return p;`;
			});
			return `(b,q,e)=>{let p=-1;const s=n;${tries.join("")}n=s;return -1;}`;
		});
		return `const ${name}_d=new Int32Array([${tree.nodes.join()}]),${name}_l=[${leaves.join(",")}];function ${name}(b,p,e){let s=${tree.nodes.length === 0 ? -1 : 0};while(s>=0){${step}const i=p+${name}_d[s],c=i<e?${at("i")}-${name}_d[s+2]:-1;s=c>=0&&c<${name}_d[s+3]?${name}_d[s+4+c]:${name}_d[s+1];}return ${name}_l[~s](b,p,e);}`;
	};

	const optionNames = new Map<Node, [string | undefined, string | undefined]>();
	const optionFunction = (option: Node, cap: boolean): string => {
		const pair = optionNames.get(option) ?? [undefined, undefined];
		optionNames.set(option, pair);
		const which = mayCapture(option, cap) ? 1 : 0;
		const name = pair[which] ?? `o${label()}`;
		if (pair[which] === undefined) {
			pair[which] = name;
			pending.push(() => functions.set(name, `function ${name}(b,p,e){${gen(option, cap, "return -1;")}return p;}`));
		}
		return name;
	};

	const literal = (text: string, fail: string): string => {
		if (text === "") return "";
		const units = [...text].flatMap((c) => (c.length === 2 ? [c.charCodeAt(0), c.charCodeAt(1)] : [c.charCodeAt(0)]));
		const test =
			units.length <= SHORT
				? units.map((unit, i) => `${at(i === 0 ? "p" : `p+${i}`)}!==${unit}`).join("||")
				: `!b.startsWith(${JSON.stringify(text)},p)`;
		return `if(p+${units.length}>e||${test})${fail}p+=${units.length};`;
	};

	const gen = (node: Node, cap: boolean, fail: string): string => {
		switch (node.kind) {
			case "set":
				return one(node.set, fail);
			case "literal":
				return literal(node.text, fail);
			case "end":
				return `if(p!==e)${fail}`;
			case "sequence":
				return node.parts.map((part) => gen(part, cap, fail)).join("\n");
			case "choice":
				return choose(node.options, cap, fail);
			case "repeat":
				return repeat(node, cap, fail);
			case "optional": {
				const l = label();
				const keep = mayCapture(node.body, cap);
				return `P${l}:{const q${l}=p${keep ? `,n${l}=n` : ""};X${l}:{${gen(node.body, cap, `break X${l};`)}break P${l};}p=q${l};${keep ? `n=n${l};` : ""}}`;
			}
			case "not": {
				const l = label();
				return `{const q${l}=p;N${l}:{${gen(node.body, false, `break N${l};`)}p=q${l};${fail}}p=q${l};}`;
			}
			case "and": {
				const l = label();
				return `{const q${l}=p;${gen(node.body, false, fail)}p=q${l};}`;
			}
			case "until_last":
				return untilLast(node.stop);
			case "call":
				return call(node.rule, cap, fail);
			case "switch":
				return `if(W[${node.index}]===0)${fail}`;
		}
	};

	const entries = [...program.starts].map(([name, node]) => {
		const start = `start_${label()}`;
		functions.set(start, `function ${start}(b,p,e){${gen(node, true, "return -1;")}return p;}`);
		return `${JSON.stringify(name)}(b,p,e,log){L=log.data;n=log.length;B=p;D=0;deep=false;G++;p=${start}(b,p,e);log.data=L;if(p!==e||deep)return false;log.length=n;return true;}`;
	});
	for (let next = pending.pop(); next !== undefined; next = pending.pop()) next();
	return [
		"let L,n=0,B=0,D=0,deep=false,G=0,S=0;",
		`const W=new Uint8Array(${Math.max(1, program.switches.length)});`,
		"function grow(){const next=new Int32Array(L.length*2);next.set(L);return L=next;}",
		"function point(b,p,e){const c=b.charCodeAt(p);if(c>=55296&&c<56320&&p+1<e){const d=b.charCodeAt(p+1);if(d>=56320&&d<57344)return(c-55296)*1024+d-56320+65536;}return c;}",
		// One entry for each position of the record, cleared when a new record begins.
		`class Memo{constructor(){this.g=-1;this.m=new Int32Array(0);}from(e){if(this.g!==G){this.g=G;const size=e-B+1;${count ? "S+=size;" : ""}if(this.m.length<size)this.m=new Int32Array(size*2);else this.m.fill(0,0,size);}return this.m;}}`,
		"function inside(k,c){let l=0,h=k.length;while(l<h){const m=l+h>>1;if(k[m]<=c)l=m+1;else h=m;}return l%2===1;}",
		...boundaries.map((literal, i) => `const K${i}=${literal};`),
		...memos.map((name) => (name.startsWith("M") ? `const ${name}=new Memo();` : `const ${name}={g:-1,found:-1,down:0};`)),
		...tables.map((literalTable, i) => `const T${i}=${literalTable};`),
		...functions.values(),
		`return {entries:{${entries.join(",")}},switches:W,steps(){const s=S;S=0;return s;}};`,
	].join("\n");
}

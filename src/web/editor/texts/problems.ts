// Long because it explains errors of Python and findings of the check in two languages, side by side.
import type { PythonError } from "../code/python-errors.ts";

/** What happened, and what can be done about it. */
export interface Explained {
	readonly what: string;
	readonly hint?: string;
}

type Explain = {
	readonly [Id in PythonError["id"]]: (error: Extract<PythonError, { id: Id }>) => Explained;
};

const orZh = (names: readonly string[]) => names.map((name) => `「${name}」`).join("或");
const orEn = (names: readonly string[]) => names.map((name) => `“${name}”`).join(" or ");

const explainZh: Explain = {
	undefined_name: ({ name, near }) => ({
		what: `沒有叫做「${name}」的名稱。`,
		hint:
			near.length > 0
				? `是不是要寫${orZh(near)}？大小寫不同就是不同的名稱。`
				: "先給它一個值，或檢查拼字；文字要用引號包起來。",
	}),
	unset_name: ({ name }) => ({
		what: `「${name}」在用到的時候還沒有值。`,
		hint: `在函式裡面設定過的名稱，要先設定才能使用。若要用函式外面的值，請先寫 global ${name}。`,
	}),
	argument_count: ({ of, isRun, takes, given, missing, wire }) => {
		const counts =
			missing.length > 0 ? `少了 ${missing.join("、")}` : `需要 ${takes} 個值，卻得到 ${given} 個`;
		if (!isRun) return { what: `呼叫 ${of}() 時，值的個數不對：${counts}。` };
		const brought = wire.length > 0 ? `這條線送來 ${wire.length} 個值（${wire.join("、")}）。` : "";
		const names = wire.length > 0 ? wire.join(", ") : "*args";
		return {
			what: `送來的值和 run 的參數個數不同：${counts}。`,
			hint: `${brought}把第一行寫成 def run(${names}): 就能收下。`,
		};
	},
	none_value: () => ({
		what: "用了 None（沒有值）來計算。",
		hint: "還沒送過資料的輸入是 None，沒有 return 的函式也會得到 None。可先檢查：if x1 is None: return None",
	}),
	mixed_types: ({ types }) => ({
		what: `${types.join(" 和 ")} 不能這樣一起運算。`,
		hint: "用 int()、float() 或 str() 轉成同一種，例如 float(x1) + 1。",
	}),
	not_a_list: ({ type }) => ({
		what: `${type} 不是清單，不能用 [ ] 取出或逐一讀取。`,
		hint: "只有一個數字的輸入直接用 x1，不必寫 x1[0]。",
	}),
	not_callable: ({ type }) => ({
		what: `${type} 不是函式，後面不能加 ( )。`,
		hint: "是不是少了乘號 *，或把函式的名稱拿去當變數了？",
	}),
	no_attribute: ({ type, name }) => ({
		what: `${type} 沒有「${name}」。`,
		hint: "檢查拼字，以及這個值是不是您以為的那一種：可用 print(type(x1)) 查看。",
	}),
	not_a_number: ({ text }) => ({
		what: `${text} 無法轉成數字。`,
		hint: '只有像 "12" 或 "3.5" 的文字可以。',
	}),
	zero_division: () => ({ what: "除以 0 了。", hint: "先檢查除數，例如 if x2 == 0: return 0" }),
	index: () => ({
		what: "清單裡沒有這一項。",
		hint: "編號從 0 開始：三項的清單是 [0]、[1]、[2]。可用 len() 得知有幾項。",
	}),
	key: ({ key }) => ({
		what: `字典裡沒有 ${key}。`,
		hint: `用 .get(${key}, 0) 就能在沒有時得到 0。`,
	}),
	no_module: ({ name }) => ({
		what: `找不到模組「${name}」。`,
		hint: "檢查拼字。若是另外安裝的套件，請管理者裝到伺服器上。",
	}),
	wide_character: ({ character, plain }) => ({
		what: `「${character}」是全形符號，Python 不認得。`,
		hint: plain === "" ? "請刪掉它，或改用半形。" : `請改成半形的「${plain}」（切換成英文輸入）。`,
	}),
	unclosed: ({ bracket }) => ({ what: `「${bracket}」沒有對應的右括號。` }),
	unequal_bracket: ({ bracket }) => ({ what: `「${bracket}」前面沒有對應的左括號。` }),
	no_colon: () => ({
		what: "這一行的最後少了冒號「:」。",
		hint: "def、if、else、for、while 的那一行以冒號結尾。",
	}),
	unclosed_text: () => ({ what: "文字少了結尾的引號。" }),
	one_equals_sign: () => ({ what: "比較要寫兩個等號「==」。", hint: "一個等號「=」是設定值。" }),
	syntax: () => ({
		what: "這裡不符合 Python 的寫法。",
		hint: "錯誤有時在前一行：看看是否少了括號、逗號或冒號。",
	}),
	no_block: () => ({ what: "冒號的下一行要往右縮排。", hint: "按一次 Tab，或空四格。" }),
	indented: () => ({ what: "這一行不該往右縮排。", hint: "同一段的每一行要對齊。" }),
	unequal_indent: () => ({
		what: "這一行的縮排和前面任何一段都沒對齊。",
		hint: "每一層用四個空格。",
	}),
	tabs_and_spaces: () => ({ what: "縮排混用了 Tab 和空格。", hint: "全部改成空格。" }),
	time: () => ({
		what: "算太久了，已經被中止。",
		hint: "檢查迴圈會不會結束；函式裡不要用 time.sleep()。",
	}),
	memory: () => ({ what: "用掉的記憶體太多。", hint: "檢查清單是不是一直變長。" }),
	recursion: () => ({ what: "函式不停呼叫自己。", hint: "需要一個停下來的條件。" }),
	result: () => ({ what: "結果太大或太多層，無法送出。" }),
	no_run: () => ({
		what: "沒有叫做 run 的函式。",
		hint: "伺服器呼叫的是 def run(...): 這個函式。",
	}),
	engine: () => ({
		what: "這段程式讓執行環境停止了。",
		hint: "檢查它做的最後一件事，然後再試一次。",
	}),
	skipped: () => ({ what: "這一列沒有執行，因為前面的列用完了時間。" }),
	other: ({ said }) => ({ what: said === "" ? "執行時發生錯誤。" : `執行時發生錯誤：${said}` }),
};

const explainEn: Explain = {
	undefined_name: ({ name, near }) => ({
		what: `There is nothing called “${name}”.`,
		hint:
			near.length > 0
				? `Did you mean ${orEn(near)}? Capital and small letters are different names.`
				: "Give it a value first, or check the spelling; text needs quotes around it.",
	}),
	unset_name: ({ name }) => ({
		what: `“${name}” has no value yet where it is used.`,
		hint: `A name that is set inside a function has to be set before it is used there. To use the one outside, write global ${name} first.`,
	}),
	argument_count: ({ of, isRun, takes, given, missing, wire }) => {
		const counts =
			missing.length > 0
				? `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`
				: `it takes ${takes}, but was given ${given}`;
		if (!isRun) return { what: `${of}() was called with the wrong number of values: ${counts}.` };
		const brought =
			wire.length > 0
				? `This wire brings ${wire.length} ${wire.length === 1 ? "value" : "values"} (${wire.join(", ")}). `
				: "";
		const names = wire.length > 0 ? wire.join(", ") : "*args";
		return {
			what: `run has another number of parameters than there are values: ${counts}.`,
			hint: `${brought}With def run(${names}): as its first line it takes them.`,
		};
	},
	none_value: () => ({
		what: "Something was calculated with None, which is not a value.",
		hint: "An input that has not sent anything yet is None, and so is the result of a function without return. Check first: if x1 is None: return None",
	}),
	mixed_types: ({ types }) => ({
		what: `${types.join(" and ")} cannot be combined like this.`,
		hint: "Convert one of them with int(), float() or str(), such as float(x1) + 1.",
	}),
	not_a_list: ({ type }) => ({
		what: `A value of type ${type} is not a list: nothing can be taken out of it with [ ] or read one by one.`,
		hint: "An input of one number is just x1, not x1[0].",
	}),
	not_callable: ({ type }) => ({
		what: `A value of type ${type} is not a function: it cannot be followed by ( ).`,
		hint: "Is a * missing, or was a function's name used for a variable?",
	}),
	no_attribute: ({ type, name }) => ({
		what: `${type} has no “${name}”.`,
		hint: "Check the spelling, and whether the value is what you expect: print(type(x1)) tells.",
	}),
	not_a_number: ({ text }) => ({
		what: `${text} cannot be turned into a number.`,
		hint: 'Only text such as "12" or "3.5" can.',
	}),
	zero_division: () => ({
		what: "Something was divided by zero.",
		hint: "Check the divisor first, such as if x2 == 0: return 0",
	}),
	index: () => ({
		what: "The list has no item at that position.",
		hint: "Positions count from 0: a list of three has [0], [1] and [2]. len() tells how many there are.",
	}),
	key: ({ key }) => ({
		what: `The dictionary has no ${key}.`,
		hint: `.get(${key}, 0) gives 0 where there is none.`,
	}),
	no_module: ({ name }) => ({
		what: `There is no module called “${name}”.`,
		hint: "Check the spelling. A package that does not come with Python has to be installed on the server by an administrator.",
	}),
	wide_character: ({ character, plain }) => ({
		what: `“${character}” is a full-width character, which Python does not understand.`,
		hint:
			plain === ""
				? "Delete it, or type it with an English keyboard."
				: `Type “${plain}” with an English keyboard instead.`,
	}),
	unclosed: ({ bracket }) => ({ what: `“${bracket}” is never closed.` }),
	unequal_bracket: ({ bracket }) => ({ what: `“${bracket}” closes nothing that was opened.` }),
	no_colon: () => ({
		what: "A colon “:” is missing at the end of this line.",
		hint: "Lines with def, if, else, for and while end with one.",
	}),
	unclosed_text: () => ({ what: "The closing quote of this text is missing." }),
	one_equals_sign: () => ({
		what: "A comparison needs two equals signs: “==”.",
		hint: "A single “=” sets a value.",
	}),
	syntax: () => ({
		what: "This is not valid Python.",
		hint: "The mistake may be on the line before: look for a missing bracket, comma or colon.",
	}),
	no_block: () => ({
		what: "The line after a colon has to be indented.",
		hint: "Press Tab once, or type four spaces.",
	}),
	indented: () => ({
		what: "This line is indented but should not be.",
		hint: "Lines of the same block start at the same column.",
	}),
	unequal_indent: () => ({
		what: "This line starts at a column where no block starts.",
		hint: "Use four spaces for each level.",
	}),
	tabs_and_spaces: () => ({ what: "Tabs and spaces are mixed.", hint: "Use spaces only." }),
	time: () => ({
		what: "It took too long and was stopped.",
		hint: "Check that loops end, and do not use time.sleep() in a function.",
	}),
	memory: () => ({ what: "It used too much memory.", hint: "Check whether a list keeps growing." }),
	recursion: () => ({
		what: "A function keeps calling itself.",
		hint: "It needs a condition that ends it.",
	}),
	result: () => ({ what: "The result is too large or too deeply nested to be sent." }),
	no_run: () => ({
		what: "There is no function called run.",
		hint: "The server calls the function that begins with def run(...):",
	}),
	engine: () => ({
		what: "The code ended the Python engine.",
		hint: "Look at the last thing it does, then try again.",
	}),
	skipped: () => ({ what: "This row was not called: the rows before it used up the time." }),
	other: ({ said }) => ({
		what: said === "" ? "Python reports an error." : `Python reports an error: ${said}`,
	}),
};

export const zh = {
	explain: explainZh,
	unusedImport: (name: string) => `匯入了「${name}」但沒有用到。`,
	unusedVariable: (name: string) => `「${name}」設定後沒有用到。`,
	runReturnsNothing: "run 沒有 return 任何值，所以不會送出資料。",
	pythonWarning: (message: string) => `Python 提醒：${message}`,
	notChecked: "這段程式無法檢查。",
	syntaxHere: "這裡看起來不符合 Python 的寫法。",
};

export const en: typeof zh = {
	explain: explainEn,
	unusedImport: (name) => `“${name}” is imported but never used.`,
	unusedVariable: (name) => `“${name}” is set but never used.`,
	runReturnsNothing: "run never returns a value, so nothing is sent.",
	pythonWarning: (message) => `Python warns: ${message}`,
	notChecked: "This could not be checked.",
	syntaxHere: "This does not look like valid Python.",
};

export type ProblemTexts = typeof zh;

/** @returns what an error means. */
export function explain(texts: ProblemTexts, error: PythonError): Explained {
	// Each entry of the table takes the error of its own id.
	const made = texts.explain[error.id] as (error: PythonError) => Explained;
	return made(error);
}

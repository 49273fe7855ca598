/** Words of the pages by which phones join, in both languages of the editor. */
export interface JoinTexts {
	/** As pages and browsers name the language. */
	readonly lang: string;
	readonly join: string;
	readonly askCode: string;
	readonly code: string;
	readonly next: string;
	readonly nickname: string;
	readonly nicknameHint: string;
	readonly enter: string;
	readonly otherCode: string;
	readonly noCode: string;
	readonly wrong: string;
	readonly ended: string;
	readonly full: string;
	readonly failed: string;
	readonly tooLong: string;
	readonly slow: (seconds: number) => string;
	/** @param reason In English: it is for the operator. */
	readonly refused: (reason: string) => string;
}

const zh: JoinTexts = {
	lang: "zh-Hant",
	join: "加入課堂",
	askCode: "請輸入老師投影幕上的六個字母。",
	code: "課堂代碼",
	next: "下一步",
	nickname: "名字或暱稱（可不填）",
	nicknameHint: "老師看得到，可能也會顯示在投影幕上；課堂結束一天後刪除。",
	enter: "加入",
	otherCode: "輸入其他代碼",
	noCode: "代碼是六個字母，例如 BCDFGH。",
	wrong: "沒有這個代碼的課堂。請再看一次老師的投影幕。",
	ended: "這個課堂的邀請已經結束。請向老師要新的代碼。",
	full: "這個課堂的座位都坐滿了。請告訴老師。",
	failed: "伺服器現在無法讓手機加入。請稍後再試一次，或告訴老師。",
	tooLong: "名字太長了：最多 64 個字。",
	slow: (seconds) => `輸入了太多次錯誤的代碼。請等 ${seconds} 秒再試。`,
	refused: (reason) => `伺服器不接受這個請求（${reason}）。`,
};

const en: JoinTexts = {
	lang: "en",
	join: "Join a class",
	askCode: "Type the six letters your teacher shows.",
	code: "Code of the class",
	next: "Continue",
	nickname: "Name or nickname (optional)",
	nicknameHint:
		"Your teacher sees it, and it may be on the projector. It is deleted a day after the class.",
	enter: "Join",
	otherCode: "Use another code",
	noCode: "A code is six letters, such as BCDFGH.",
	wrong: "No class has this code. Look at your teacher's screen again.",
	ended: "The invitation to this class has ended. Ask your teacher for a new code.",
	full: "All seats of this class are taken. Tell your teacher.",
	failed: "The server cannot let phones join at the moment. Try again soon, or tell your teacher.",
	tooLong: "The name is too long: at most 64 characters.",
	slow: (seconds) => `Too many wrong codes. Wait ${seconds} s and try again.`,
	refused: (reason) => `The server does not accept this request (${reason}).`,
};

/**
 * The texts a browser asks for.
 * @param accepted `Accept-Language`, such as `zh-TW,zh;q=0.9,en;q=0.8`; the first language there is wins.
 */
export function joinTexts(accepted: string | null): JoinTexts {
	const wanted = (accepted ?? "")
		.split(",")
		.map((one) => {
			const [tag = "", ...parameters] = one.trim().toLowerCase().split(";");
			const weight = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
			return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
		})
		.filter(({ weight }) => weight > 0)
		.sort((a, b) => b.weight - a.weight);
	const first = wanted.find(({ tag }) => /^(zh|en)\b/.test(tag));
	return first?.tag.startsWith("zh") ? zh : en;
}

/** All words of the page, in one language. */
export interface Texts {
	readonly lang: string;
	/** The name of the other language, in that language. */
	readonly other: string;
	readonly loading: string;
	readonly unreachable: string;
	readonly again: string;
	readonly noAdmin: string;
	readonly keyIsIn: readonly string[];
	readonly keyCommand: string;
	readonly setUp: string;
	readonly setUpHint: string;
	readonly name: string;
	readonly password: string;
	readonly passwordHint: string;
	readonly reach: string;
	readonly local: string;
	readonly localHint: string;
	readonly network: string;
	readonly networkHint: string;
	readonly create: string;
	readonly done: string;
	readonly addresses: string;
	readonly token: string;
	readonly tokenHint: string;
	readonly devices: (count: number) => string;
	readonly todo: string;
	readonly next: string;
	readonly logIn: string;
	readonly logOut: string;
	readonly loggedIn: (name: string, role: string) => string;
	readonly roles: Readonly<Record<string, string>>;
	readonly soon: string;
	readonly walkThrough: string;
	readonly api: string;
	readonly live: string;
	readonly wrong: string;
}

export const en: Texts = {
	lang: "en",
	other: "中文",
	loading: "Loading …",
	unreachable: "Cannot reach the server.",
	again: "Try again",
	noAdmin: "This server has no administrator yet.",
	keyIsIn: [
		"To set it up, open the address with the set-up key that the server printed in the terminal it was started from.",
		"It runs as a service, or the key has expired? On the server's machine, run:",
	],
	keyCommand: "sudo iotctl setup",
	setUp: "Set up this server",
	setUpHint: "You become its administrator.",
	name: "Name",
	password: "Password",
	passwordHint: "At least 8 characters.",
	reach: "Who is to reach this server?",
	local: "Only this computer",
	localHint: "Other devices cannot connect.",
	network: "Everyone in this network",
	networkHint: "Devices and people then need a login.",
	create: "Set up",
	done: "The server is set up.",
	addresses: "Open it at",
	token: "Registration token for devices",
	tokenHint: "Devices that cannot send a token register at",
	devices: (count) =>
		count === 1
			? "1 device needs a login from now on."
			: `${count.toLocaleString("en")} devices need a login from now on.`,
	todo: "Left for you to do:",
	next: "Continue",
	logIn: "Log in",
	logOut: "Log out",
	loggedIn: (name, role) => `Logged in as ${name} (${role}).`,
	roles: { admin: "administrator", teacher: "teacher", student: "student" },
	soon: "Projects are made over the HTTP API until the editor is here.",
	walkThrough: "docs/projects.md shows every step with curl.",
	api: "The HTTP API",
	live: "Devices and data flows, live",
	wrong: "Wrong name or password.",
};

export const zh: Texts = {
	lang: "zh-Hant",
	other: "English",
	loading: "載入中…",
	unreachable: "無法連線到伺服器。",
	again: "再試一次",
	noAdmin: "這台伺服器還沒有管理者。",
	keyIsIn: [
		"請開啟伺服器啟動時在終端機印出的設定網址，網址裡有設定金鑰。",
		"伺服器以系統服務執行，或金鑰已過期？請在伺服器的電腦上執行：",
	],
	keyCommand: "sudo iotctl setup",
	setUp: "設定這台伺服器",
	setUpHint: "你將成為管理者。",
	name: "名稱",
	password: "密碼",
	passwordHint: "至少 8 個字元。",
	reach: "誰可以連到這台伺服器？",
	local: "只有這台電腦",
	localHint: "其他裝置無法連線。",
	network: "這個網路裡的所有人",
	networkHint: "裝置和使用者都需要登入。",
	create: "完成設定",
	done: "伺服器設定完成。",
	addresses: "網址",
	token: "裝置的註冊權杖",
	tokenHint: "無法傳送權杖的裝置，請到這個網址註冊：",
	devices: (count) => `${count.toLocaleString("zh-Hant")} 個裝置從現在起需要登入。`,
	todo: "還需要你完成：",
	next: "繼續",
	logIn: "登入",
	logOut: "登出",
	loggedIn: (name, role) => `已登入：${name}（${role}）。`,
	roles: { admin: "管理者", teacher: "教師", student: "學生" },
	soon: "編輯器完成之前，請用 HTTP API 建立專案。",
	walkThrough: "docs/projects.md 用 curl 示範每個步驟。",
	api: "HTTP API",
	live: "裝置與資料流的即時畫面",
	wrong: "名稱或密碼錯誤。",
};

/** The language of the texts for a reader's. @param chosen What the reader chose before. */
export function textsFor(chosen: string | null, preferred: string): Texts {
	return (chosen ?? preferred).toLowerCase().startsWith("zh") ? zh : en;
}

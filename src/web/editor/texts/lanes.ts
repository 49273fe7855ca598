import type { PresenceView } from "../../../contract/mod.ts";
import type { Refused, Warning } from "../lanes/connect.ts";
import type { WireState } from "../lanes/wire-state.ts";

type Words<K extends string> = Readonly<Record<K, string>>;

const zhStates: Words<WireState> = {
	stale: "與伺服器失去連線",
	off: "專案已暫停",
	failed: "無法套用",
	broken: "函式發生錯誤",
	unbound: "尚未選擇裝置",
	away: "裝置離線",
	applying: "套用中",
	running: "執行中",
};

const enStates: Words<WireState> = {
	stale: "contact to the server is lost",
	off: "the project is paused",
	failed: "cannot be applied",
	broken: "its function failed",
	unbound: "no device chosen",
	away: "device offline",
	applying: "being applied",
	running: "running",
};

const zhPresence: Words<PresenceView["status"]> = {
	online: "上線",
	offline: "離線",
	unknown: "未註冊",
};

const enPresence: Words<PresenceView["status"]> = {
	online: "online",
	offline: "offline",
	unknown: "not registered",
};

const zhRefused: Words<Refused> = {
	itself: "不能連到自己。",
	"same-side": "請連接一個輸入和一個輸出。",
	"two-joins": "兩個連接不能互連，請選一個功能。",
	linked: "已經連到這個連接。",
	tags: "標籤不同的功能不能放在同一個連接。",
	gone: "已經被刪除。",
};

const enRefused: Words<Refused> = {
	itself: "It cannot be connected with itself.",
	"same-side": "Connect an input with an output.",
	"two-joins": "Two joins cannot be connected; choose a feature.",
	linked: "It is on this join already.",
	tags: "Features with different tags cannot be on one join.",
	gone: "It has been deleted.",
};

export const zh = {
	area: "專案圖",
	input: "輸入",
	output: "輸出",
	join: "連接",
	hints: {
		input: "感測器、手機等送出資料的裝置會出現在這裡。",
		output: "燈、顯示器等接收資料的裝置會出現在這裡。",
		join: "從輸入拖曳到輸出，或依序點選兩者，就會出現連接。",
	},
	nothing: { input: "還沒有輸入", output: "還沒有輸出", join: "還沒有連接" },
	start: "這個專案還沒有裝置",
	startHint: "加入一個送出資料的裝置和一個接收資料的裝置，再把它們連接起來。",
	nothingFound: "沒有符合的項目",
	add: { input: "加入輸入裝置", output: "加入輸出裝置" },
	addDevice: "加入裝置",
	laneMenu: "顯示方式",
	collapseAll: "全部收合",
	expandAll: "全部展開",
	menuOf: (name: string) => `「${name}」的選單`,
	details: "詳細資料",
	collapse: "收合",
	expand: "展開",
	moveUp: "上移",
	moveDown: "下移",
	onlyLinked: "只看相連的項目",
	onlyLinkedTo: (name: string) => `只顯示與「${name}」相連的項目`,
	showAll: "全部顯示",
	chooseDevice: "選擇裝置",
	changeDevice: "更換裝置",
	unbind: "解除綁定",
	remove: "刪除",
	simulated: "模擬中",
	device: "裝置",
	noName: "未命名裝置",
	presence: zhPresence,
	states: zhStates,
	offline: "離線",
	ports: (count: number) => `${count} 個功能`,
	joinNumber: (number: number) => `連接 ${number}`,
	wire: (port: string, join: string) => `${port} 與 ${join} 的連線`,
	line: (line: number) => `第 ${line} 行`,
	troubleAt: (place: string, text: string) => `${place}：${text}`,
	connectingPort: (name: string) => `正在連接 ${name}：請點選另一側的功能或一個連接`,
	connectingJoin: (name: string) => `正在連接 ${name}：請點選一個功能`,
	cancel: "取消",
	willJoin: (from: string, to: string) => `${from} → ${to}`,
	refused: zhRefused,
	warning: (warning: Warning) =>
		warning.kind === "types"
			? `型別不同（${warning.from} → ${warning.to}），可能需要函式。`
			: `數值個數不同（${warning.from} → ${warning.to}），可能需要函式。`,
	connected: (from: string, to: string) => `已連接 ${from} 與 ${to}`,
	removed: (name: string) => `已刪除「${name}」。`,
	unlinked: (name: string) => `已移除 ${name} 的連線。`,
	unbound: (name: string) => `已解除「${name}」的裝置。`,
	undo: "復原",
	notDone: (reason: string) => `無法變更：${reason}`,
	noValue: "還沒有數值",
	now: (value: string, state: string) => `目前 ${value}，${state}`,
	isLinkedTo: (joins: string) => `連到 ${joins}`,
	notLinked: "未連接",
	and: "、",
	candidates: (model: string) => `「${model}」的裝置`,
};

export const en: typeof zh = {
	area: "Graph of the project",
	input: "Inputs",
	output: "Outputs",
	join: "Joins",
	hints: {
		input: "Devices that send data appear here, such as sensors and phones.",
		output: "Devices that receive data appear here, such as lamps and displays.",
		join: "Drag from an input to an output, or choose one after the other, and a join appears.",
	},
	nothing: { input: "No inputs yet", output: "No outputs yet", join: "No joins yet" },
	start: "This project has no devices yet",
	startHint: "Add a device that sends data and one that receives data, then connect them.",
	nothingFound: "Nothing matches",
	add: { input: "Add an input device", output: "Add an output device" },
	addDevice: "Add device",
	laneMenu: "View",
	collapseAll: "Collapse all",
	expandAll: "Expand all",
	menuOf: (name) => `Menu of ${name}`,
	details: "Details",
	collapse: "Collapse",
	expand: "Expand",
	moveUp: "Move up",
	moveDown: "Move down",
	onlyLinked: "Only what links to this",
	onlyLinkedTo: (name) => `Only what links to ${name}`,
	showAll: "Show all",
	chooseDevice: "Choose device",
	changeDevice: "Change device",
	unbind: "Unbind device",
	remove: "Delete",
	simulated: "simulated",
	device: "Device",
	noName: "unnamed device",
	presence: enPresence,
	states: enStates,
	offline: "offline",
	ports: (count) => (count === 1 ? "1 feature" : `${count} features`),
	joinNumber: (number) => `Join ${number}`,
	wire: (port, join) => `Wire between ${port} and ${join}`,
	line: (line) => `line ${line}`,
	troubleAt: (place, text) => `${place}: ${text}`,
	connectingPort: (name) => `Connecting ${name}: choose a feature of the other side or a join`,
	connectingJoin: (name) => `Connecting ${name}: choose a feature`,
	cancel: "Cancel",
	willJoin: (from, to) => `${from} → ${to}`,
	refused: enRefused,
	warning: (warning) =>
		warning.kind === "types"
			? `Different types (${warning.from} → ${warning.to}): this may need a function.`
			: `Different numbers of values (${warning.from} → ${warning.to}): this may need a function.`,
	connected: (from, to) => `Connected ${from} and ${to}`,
	removed: (name) => `Deleted ${name}.`,
	unlinked: (name) => `Removed the wires of ${name}.`,
	unbound: (name) => `Unbound the device of ${name}.`,
	undo: "Undo",
	notDone: (reason) => `This was not changed: ${reason}`,
	noValue: "no value yet",
	now: (value, state) => `now ${value}, ${state}`,
	isLinkedTo: (joins) => `linked to ${joins}`,
	notLinked: "not linked",
	and: ", ",
	candidates: (model) => `Devices for ${model}`,
};

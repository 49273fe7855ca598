import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PhoneApp } from "./app-parts.ts";
import { texts } from "./appearance.ts";
import { ask, textIn } from "./server/ask.ts";
import type { State } from "./server/device-access.ts";

/** States in which the page is not a device until someone does something. */
const SHUT = ["ended", "removed", "join", "elsewhere", "login", "refused"] as const;

export type ShutState = (typeof SHUT)[number];

export function shutBy(state: State): ShutState | undefined {
	return SHUT.find((one) => one === state);
}

/** Why the page is not a device, and what can be done. */
export function Shut({ app, state }: { app: PhoneApp; state: ShutState }) {
	const { device, own } = app;
	const words = texts.value;
	const key = state === "removed" && own !== undefined ? "gone" : state;
	const join = (
		<a class={own === undefined ? "action main" : "action"} href="../join">
			{words.joinAction}
		</a>
	);
	return (
		<section class="card shut" aria-labelledby="shut">
			<h2 id="shut">{words.states[key]}</h2>
			<p>{words.hints[key]}</p>
			{state === "refused" && <p class="bad">{device.reason}</p>}
			{own === undefined && join}
			{own !== undefined && state === "removed" && <Again app={app} label={words.registerAgain} />}
			{own !== undefined && state === "refused" && <Again app={app} label={words.tryAgain} />}
			{own !== undefined && state === "elsewhere" && (
				<>
					<Again app={app} label={words.useHere} />
					<button
						type="button"
						onClick={() => {
							own.beNew();
							device.again();
						}}
					>
						{words.newDevice}
					</button>
				</>
			)}
			{own !== undefined && state === "login" && (
				<>
					<Login app={app} />
					{join}
				</>
			)}
		</section>
	);
}

function Again({ app, label }: { app: PhoneApp; label: string }) {
	return (
		<button type="button" class="main" onClick={() => app.device.again()}>
			{label}
		</button>
	);
}

/** A registration token, typed in or drawn by a teacher who is logged in. */
function Login({ app: { device, own } }: { app: PhoneApp }) {
	const words = texts.value;
	const teacher = useSignal("");
	const problem = useSignal("");
	const use = (token: string) => {
		own?.access.useToken(token);
		device.again();
	};
	useEffect(() => {
		void ask("GET", "../api/v1/session").then(({ body: { person } }) => {
			if (typeof person !== "object" || person === null) return;
			const { u_name, role }: { u_name?: unknown; role?: unknown } = person;
			if (role !== "student") teacher.value = String(u_name);
		});
	}, []);
	const draw = async () => {
		const answer = await ask("POST", "../api/v1/devices/token", { body: '{"days":1}' });
		if (answer.status === 200) use(textIn(answer, "token"));
		else problem.value = `${words.noToken} ${textIn(answer, "reason") || answer.status}`;
	};
	return (
		<>
			{teacher.value === "" ? (
				<a class="action" href="../gui/">
					{words.toEditor}
				</a>
			) : (
				<button type="button" class="main" onClick={() => void draw()}>
					{words.registerAs(teacher.value)}
				</button>
			)}
			{problem.value !== "" && (
				<p class="bad" role="alert">
					{problem.value}
				</p>
			)}
			<form
				class="fields"
				onSubmit={(event) => {
					event.preventDefault();
					use(String(new FormData(event.currentTarget).get("token")).trim());
				}}
			>
				<label>
					<span>{words.token}</span>
					<input name="token" autocomplete="off" autocapitalize="off" required />
				</label>
				<button type="submit">{words.register}</button>
			</form>
		</>
	);
}

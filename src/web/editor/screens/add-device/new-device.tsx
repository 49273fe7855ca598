import { useEffect, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { Select } from "../../kit/fields.tsx";
import { formatTime } from "../../kit/format.ts";
import { Failed, Spinner } from "../../kit/states.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { texts } from "../../texts/texts.ts";
import { copyText } from "../devices/device-actions.ts";
import type { ModelView } from "../models/catalog-view.ts";
import type { AddDeviceParts } from "./parts.ts";
import { curlProgram, drawId, type ProgramFor, pythonProgram } from "./programs.ts";

/** The answer of `GET /api/v1/devices/register`: how a device gets to this server. */
interface RegisterView {
	readonly address: string;
	readonly addresses: readonly string[];
	/** Whether only programs on the server's own machine reach it. */
	readonly local_only: boolean;
	/** Whether a registration token is needed. */
	readonly login: boolean;
}

interface TokenView {
	readonly token: string;
	/** Unix time, seconds. */
	readonly expires_at: number;
}

/** A program for a first device has no more features than that. */
const MOST_FEATURES = 6;
const FIRST_MODEL = "Dummy_Device";

/** How a device gets here: the address, and programs that work with it as they are. */
export function NewDevice({ app, catalog, query, show, live }: AddDeviceParts) {
	const { addDevice } = texts.value;
	const { value } = live.devices;
	// It stays open when the device it was shown for is there.
	const [wasEmpty, setWasEmpty] = useState<boolean>();
	useEffect(() => {
		if (value !== undefined) setWasEmpty((known) => known ?? value.length === 0);
	}, [value]);
	const isOpen = query.how === undefined ? wasEmpty === true : query.how === "1";
	return (
		<details
			class="add-device-how"
			open={isOpen}
			onToggle={({ currentTarget: { open } }) => {
				if (open !== isOpen) show({ how: open ? "1" : "0" }, "replace");
			}}
		>
			<summary>{addDevice.how}</summary>
			{isOpen && <How app={app} models={catalog.models} />}
		</details>
	);
}

interface HowProps {
	readonly app: App;
	readonly models: readonly ModelView[];
}

function How({ app, models }: HowProps) {
	const { addDevice } = texts.value;
	const [register, setRegister] = useState<RegisterView>();
	const [reason, setReason] = useState<string>();
	const load = async () => {
		setReason(undefined);
		const answer = await app.ask<RegisterView>("GET", "api/v1/devices/register");
		if (answer.ok) setRegister(answer.body);
		else setReason(answer.reason);
	};
	useEffect(() => void load(), []);
	if (reason !== undefined) return <Failed reason={reason} onRetry={() => void load()} />;
	if (register === undefined) return <Spinner />;
	return (
		<>
			<p class="add-device-waiting">
				<span aria-hidden="true" />
				{addDevice.waiting}
			</p>
			<p>
				{addDevice.address} <code>{register.address}</code>
				{register.addresses.length > 0 && (
					<>
						{" "}
						{addDevice.otherAddresses}{" "}
						{register.addresses.map((address) => (
							<code key={address}>{address}</code>
						))}
					</>
				)}
			</p>
			{register.local_only && <p class="add-device-warn">{addDevice.localOnly}</p>}
			<Programs app={app} models={models} register={register} />
		</>
	);
}

interface ProgramsProps extends HowProps {
	readonly register: RegisterView;
}

function Programs({ app, models, register }: ProgramsProps) {
	const { addDevice } = texts.value;
	const [id] = useState(() => drawId((bytes) => crypto.getRandomValues(bytes)));
	const [token, setToken] = useState<TokenView>();
	const [name, setName] = useState(FIRST_MODEL);
	const [language, setLanguage] = useState<"python" | "curl">("python");
	const model = models.find(({ dm_name }) => dm_name === name) ?? models[0];
	if (model === undefined) return null;
	const wanted = programFor(model, { ...register, id, token: token?.token });
	const text = language === "python" ? pythonProgram(wanted) : curlProgram(wanted);
	return (
		<>
			{register.login && <Token app={app} token={token} onToken={setToken} />}
			<Select
				label={addDevice.programOf}
				value={model.dm_name}
				options={models.map(({ dm_name }) => ({ value: dm_name, text: dm_name }))}
				onChange={setName}
			/>
			<Tabs
				label={addDevice.language}
				tabs={[
					{ id: "python", text: "Python" },
					{ id: "curl", text: "curl" },
				]}
				current={language}
				onChange={setLanguage}
			>
				<p class="devices-faint">
					{addDevice.programHint}{" "}
					{language === "python" ? addDevice.pythonHint : addDevice.curlHint}
				</p>
				<pre>{text}</pre>
				<Button icon="copy" onClick={() => void copyText(app, text)}>
					{addDevice.copy}
				</Button>
			</Tabs>
		</>
	);
}

interface Registering extends Pick<RegisterView, "address" | "login"> {
	readonly id: string;
	readonly token: string | undefined;
}

function programFor(model: ModelView, { address, login, id, token }: Registering): ProgramFor {
	const some = model.df_list.slice(0, MOST_FEATURES);
	const features = (type: string) =>
		some
			.filter(({ df_type }) => df_type === type)
			.map(({ df_name, df_parameter }) => ({ name: df_name, size: df_parameter.length }));
	const secret = login ? (token ?? "TOKEN") : undefined;
	const { dm_name } = model;
	return {
		...{ address, id, model: dm_name, token: secret },
		...{ inputs: features("input"), outputs: features("output") },
	};
}

interface TokenProps extends Pick<HowProps, "app"> {
	readonly token: TokenView | undefined;
	readonly onToken: (token: TokenView) => void;
}

/** A registration token, drawn when it is asked for. */
function Token({ app, token, onToken }: TokenProps) {
	const { addDevice } = texts.value;
	const [reason, setReason] = useState<string>();
	const draw = async () => {
		const answer = await app.ask<TokenView>("POST", "api/v1/devices/token", {});
		setReason(answer.ok ? undefined : answer.reason);
		if (answer.ok) onToken(answer.body);
	};
	if (token !== undefined) {
		return <p role="status">{addDevice.tokenMade(formatTime(token.expires_at * 1000))}</p>;
	}
	if (app.session.person.value.role === "student") return <p>{addDevice.askForToken}</p>;
	return (
		<div class="add-device-token">
			<p>{addDevice.needsToken}</p>
			<Button icon="lock" onClick={() => void draw()}>
				{addDevice.makeToken}
			</Button>
			<p class="kit-error" role="alert">
				{reason}
			</p>
		</div>
	);
}

import { useCallback, useEffect, useState } from "preact/hooks";
import { IconButton } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { FieldBox, Select } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { Failed, Spinner } from "../../kit/states.tsx";
import { texts } from "../../texts/texts.ts";
import type { DialogProps } from "./name-dialogs.tsx";
import { refusalText } from "./refusal.ts";

interface Member {
	readonly u_id: number;
	readonly u_name: string | null;
	readonly may: "look" | "edit";
}

interface Account {
	readonly u_id: number;
	readonly u_name: string;
	readonly is_active: boolean;
}

type May = Member["may"];

/** People a project is shared with, and one more. */
export function ShareDialog({ app, project, onClose }: DialogProps) {
	const { projectLater: words } = texts.value;
	const path = `api/v0/project/${project.pId}`;
	const [members, setMembers] = useState<readonly Member[]>();
	const [reason, setReason] = useState<string>();
	const [accounts, setAccounts] = useState<readonly Account[]>([]);
	const load = useCallback(async () => {
		const answer = await app.ask<{ data: readonly Member[] }>("GET", `${path}/share`);
		setReason(answer.ok ? undefined : refusalText(answer));
		if (answer.ok) setMembers(answer.body.data);
	}, [app, path]);
	useEffect(() => {
		void load();
		void app.ask<{ data: readonly Account[] }>("GET", "api/v0/people").then((answer) => {
			if (answer.ok) setAccounts(answer.body.data);
		});
	}, [app, load]);
	const send = async (what: "share" | "unshare", body: object): Promise<string | undefined> => {
		const answer = await app.ask("POST", `${path}/${what}`, body);
		if (answer.ok) {
			await load();
			return undefined;
		}
		return answer.status === 404 ? words.shareUnknown : refusalText(answer);
	};
	const change = async (what: "share" | "unshare", body: object) => {
		const refused = await send(what, body);
		if (refused !== undefined) app.notices.say(refused, "bad");
	};
	const owner = project.document.value?.u_id;
	const known = new Set([owner, ...(members ?? []).map(({ u_id }) => u_id)]);
	return (
		<Dialog title={words.shareTitle} onClose={onClose}>
			{reason !== undefined && <Failed reason={reason} onRetry={() => void load()} />}
			{reason === undefined && members === undefined && <Spinner />}
			{members?.length === 0 && <p>{words.shareNone}</p>}
			<ul class="project-members">
				{members?.map((member) => (
					<MemberRow key={member.u_id} member={member} change={change} />
				))}
			</ul>
			<AddMember
				names={accounts
					.filter(({ u_id, is_active }) => is_active && !known.has(u_id))
					.map(({ u_name }) => u_name)}
				share={(member) => send("share", member)}
			/>
		</Dialog>
	);
}

interface AddMemberProps {
	/** Of accounts the field offers. */
	readonly names: readonly string[];
	/** @returns why it was refused. */
	readonly share: (member: { u_id: string; may: May }) => Promise<string | undefined>;
}

function AddMember({ names, share }: AddMemberProps) {
	const { projectLater: words } = texts.value;
	const [may, setMay] = useState<May>("edit");
	const [name, setName] = useState("");
	const submit = async () => {
		const u_id = name.trim();
		if (u_id === "") return words.nameMissing;
		const refused = await share({ u_id, may });
		if (refused === undefined) setName("");
		return refused;
	};
	return (
		<Form button={words.shareAdd} submit={submit}>
			<FieldBox label={words.shareWith} hint={words.shareHint}>
				{(ids) => (
					<input
						{...ids}
						list="project-accounts"
						autocomplete="off"
						autocapitalize="none"
						maxLength={200}
						value={name}
						onInput={({ currentTarget }) => setName(currentTarget.value)}
						data-autofocus
					/>
				)}
			</FieldBox>
			<datalist id="project-accounts">
				{names.map((one) => (
					<option key={one} value={one} />
				))}
			</datalist>
			<MaySelect label={words.may} may={may} onChange={setMay} />
		</Form>
	);
}

interface MemberRowProps {
	readonly member: Member;
	readonly change: (what: "share" | "unshare", body: object) => Promise<void>;
}

function MemberRow({ member: { u_id, u_name, may }, change }: MemberRowProps) {
	const { projectLater: words } = texts.value;
	const name = u_name ?? `${u_id}`;
	return (
		<li>
			<span title={name}>{name}</span>
			<select
				aria-label={words.mayOf(name)}
				value={may}
				onChange={({ currentTarget }) => void change("share", { u_id, may: currentTarget.value })}
			>
				<MayOptions />
			</select>
			<IconButton
				icon="trash"
				label={words.unshare(name)}
				onClick={() => void change("unshare", { u_id })}
			/>
		</li>
	);
}

function MayOptions() {
	const { mays } = texts.value.projectLater;
	return (
		<>
			<option value="look">{mays.look}</option>
			<option value="edit">{mays.edit}</option>
		</>
	);
}

interface MaySelectProps {
	readonly label: string;
	readonly may: May;
	readonly onChange: (may: May) => void;
}

function MaySelect({ label, may, onChange }: MaySelectProps) {
	const { mays } = texts.value.projectLater;
	return (
		<Select
			label={label}
			value={may}
			options={[
				{ value: "look", text: mays.look },
				{ value: "edit", text: mays.edit },
			]}
			onChange={(value) => onChange(value === "look" ? "look" : "edit")}
		/>
	);
}

import { useState } from "preact/hooks";
import type { InvitedMember } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { StateDot } from "../kit/state-dot.tsx";
import type { OpenProject } from "../project/open-project.ts";
import { refusalText } from "../screens/project/refusal.ts";
import { texts } from "../texts/texts.ts";
import { throwOut } from "./invite-server.ts";

export interface MembersProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly doId: number;
	readonly members: readonly InvitedMember[];
	/** Someone is out. */
	readonly onChanged: () => Promise<void>;
}

/** Phones that have joined, each with a button that removes it. */
export function Members({ app, project, doId, members, onChanged }: MembersProps) {
	const words = texts.value.invite;
	const [leaving, setLeaving] = useState<InvitedMember>();
	return (
		<details class="invite-more">
			<summary>{words.members(members.length)}</summary>
			{members.length === 0 && <p class="kit-hint">{words.noMembers}</p>}
			<ul class="invite-members">
				{members
					.toSorted((a, b) => a.seat - b.seat)
					.map((member) => (
						<Member
							key={member.da_id}
							project={project}
							member={member}
							onThrowOut={() => setLeaving(member)}
						/>
					))}
			</ul>
			{leaving !== undefined && (
				<ConfirmDialog
					title={words.throwOutTitle(nameOf(leaving))}
					confirm={words.throwOut}
					isDangerous
					onConfirm={async () => {
						const answer = await throwOut(app.ask, [project.pId, doId], leaving.seat);
						// It may have left by itself.
						if (!answer.ok && answer.status !== 404) return refusalText(answer);
						await onChanged();
						app.notices.say(words.thrownOut(nameOf(leaving)));
						return undefined;
					}}
					onClose={() => setLeaving(undefined)}
				>
					<p>{words.throwOutHint}</p>
				</ConfirmDialog>
			)}
		</details>
	);
}

function nameOf({ nickname, name }: InvitedMember): string {
	return nickname ?? name;
}

interface MemberProps {
	readonly project: OpenProject;
	readonly member: InvitedMember;
	readonly onThrowOut: () => void;
}

function Member({ project, member, onThrowOut }: MemberProps) {
	const words = texts.value.invite;
	const { status } = project.presenceOf(member.da_id).value ?? {};
	const isOnline = status === undefined ? member.online : status === "online";
	const name = nameOf(member);
	return (
		<li>
			<span class="invite-seat">{member.seat + 1}</span>
			<span class="invite-name" title={name}>
				{name}
			</span>
			<StateDot isOn={isOnline}>{isOnline ? words.online : words.offline}</StateDot>
			<Button kind="quiet" aria-label={words.throwOutOf(name)} onClick={onThrowOut}>
				{words.throwOut}
			</Button>
		</li>
	);
}

import type { Block } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import type { OpenProject } from "../project/open-project.ts";
import { texts } from "../texts/texts.ts";
import { CodeForm } from "./code-form.tsx";
import { Countdown } from "./countdown.tsx";
import { HttpsStep } from "./https-step.tsx";
import { Members } from "./members.tsx";
import { Seats } from "./seats.tsx";
import type { InvitationOfBlock, Shown } from "./use-invitation.ts";

export interface BlockProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly block: Block;
	/** Chooses another block; undefined: there is none. */
	readonly onOther: (() => void) | undefined;
}

export interface InviteSideProps extends BlockProps {
	readonly invitation: InvitationOfBlock;
	readonly now: Shown;
}

/** Beside the code: who has come, and what can be done about the invitation. */
export function InviteSide({ app, project, block, onOther, invitation, now }: InviteSideProps) {
	const words = texts.value.invite;
	const { code, isBusy, make, end, reload } = invitation;
	return (
		<aside class="invite-side" aria-label={words.side}>
			{block.seats !== null && <Seats {...{ app, project, block }} />}
			{code !== undefined && (
				<>
					<Countdown clock={app.clock} endsMs={now.endsMs} onEnd={reload} />
					<div class="invite-actions">
						<Button icon="log" onClick={() => print()}>
							{words.print}
						</Button>
						<Button icon="stop" disabled={isBusy} onClick={() => void end()}>
							{words.end}
						</Button>
					</div>
				</>
			)}
			{now.wrong > 0 && <p class="kit-hint">{words.wrong(now.wrong)}</p>}
			<Members {...{ app, project }} doId={block.do_id} members={now.members} onChanged={reload} />
			{code !== undefined && (
				<details class="invite-more">
					<summary>{words.newCode}</summary>
					<p>{words.newCodeHint}</p>
					<CodeForm seats={block.seats} button={words.newCodeNow} make={make} />
				</details>
			)}
			<HttpsStep app={app} />
			{onOther !== undefined && (
				<Button kind="quiet" onClick={onOther}>
					{words.otherBlock(block.dm_name)}
				</Button>
			)}
		</aside>
	);
}

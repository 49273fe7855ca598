import { useEffect, useRef } from "preact/hooks";
import { Failed, Spinner } from "../kit/states.tsx";
import { isOnlyHere } from "../screens/people/sheet-address.ts";
import { refusalText } from "../screens/project/refusal.ts";
import type { Refusal } from "../server/ask.ts";
import { texts } from "../texts/texts.ts";
import { DEFAULT_HOURS } from "./code-form.tsx";
import { CodeSheet } from "./code-sheet.tsx";
import { type BlockProps, InviteSide } from "./invite-side.tsx";
import { NoCode } from "./no-code.tsx";
import { ReachStep } from "./reach-step.tsx";
import { useInvitation } from "./use-invitation.ts";
import { useReached } from "./use-reached.ts";

/** The invitation of a block. A block that has seats already gets its code without being asked for anything. */
export function InviteBlock(props: BlockProps) {
	const { app, project, block } = props;
	const invitation = useInvitation(app, project, block.do_id);
	const { now, code, refusal, isBusy, make } = invitation;
	const reached = useReached(app, project);
	const isFirst = useRef(true);
	useEffect(() => {
		if (now === undefined || !isFirst.current) return;
		isFirst.current = false;
		const isReady = block.seats !== null && now.until === null && now.members.length === 0;
		if (isReady) void make(DEFAULT_HOURS);
	}, [now, block.seats, make]);
	if (now === undefined) {
		return refusal === undefined ? (
			<Spinner />
		) : (
			<Failed reason={refused(refusal)} onRetry={() => void invitation.reload()} />
		);
	}
	return (
		<div class="invite-block">
			{isOnlyHere(location.href, reached) && <ReachStep app={app} />}
			<p class="kit-error" role="alert">
				{refusal !== undefined && refused(refusal)}
			</p>
			{code !== undefined ? (
				<CodeSheet code={code} reached={reached} />
			) : isBusy ? (
				<Spinner />
			) : (
				<NoCode {...{ block, now, make }} />
			)}
			<InviteSide {...props} {...{ invitation, now }} />
		</div>
	);
}

function refused(refusal: Refusal): string {
	return refusal.status === 409 ? texts.value.invite.notPossible : refusalText(refusal);
}

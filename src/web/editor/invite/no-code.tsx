import type { Block, Invitation } from "../../../contract/mod.ts";
import { texts } from "../texts/texts.ts";
import { CodeForm } from "./code-form.tsx";
import type { InvitationOfBlock } from "./use-invitation.ts";

export interface NoCodeProps extends Pick<InvitationOfBlock, "make"> {
	readonly block: Block;
	readonly now: Invitation;
}

/** Before the first code, after the last one, or while only another browser knows it. */
export function NoCode({ block, now: { until, members }, make }: NoCodeProps) {
	const words = texts.value.invite;
	const [title, hint, button] =
		until !== null
			? [words.elsewhere, words.elsewhereHint, words.newCode]
			: members.length > 0
				? [words.ended, words.endedHint, words.newCode]
				: [words.start(block.dm_name), words.startHint, words.showCode];
	return (
		<section class="invite-none">
			<h3>{title}</h3>
			<p>{hint}</p>
			<CodeForm seats={block.seats} button={button} make={make} />
		</section>
	);
}

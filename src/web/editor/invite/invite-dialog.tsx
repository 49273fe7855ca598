import { useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { Dialog } from "../kit/dialog.tsx";
import type { OpenProject } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { ChooseBlock } from "./choose-block.tsx";
import { InviteBlock } from "./invite-block.tsx";
import { invitedBlock } from "./invited-block.ts";
import "./invite.css";

export interface InviteDialogProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly onClose: () => void;
}

/** Invites phones: what a projector shows, over the whole page. */
export default function InviteDialog({ app, project, onClose }: InviteDialogProps) {
	const words = texts.value.invite;
	const document = project.document.value;
	const [chosen, setChosen] = useState(
		() => invitedBlock(document ?? { blocks: [] }, selectionOf(app))?.do_id,
	);
	const block = document?.blocks.find(({ do_id }) => do_id === chosen);
	return (
		<Dialog title={words.title} size="full" onClose={onClose}>
			<div class="invite">
				{block === undefined ? (
					<ChooseBlock project={project} onChoose={setChosen} />
				) : (
					<InviteBlock
						key={block.do_id}
						{...{ app, project, block }}
						onOther={
							document !== undefined && document.blocks.length > 1
								? () => setChosen(undefined)
								: undefined
						}
					/>
				)}
			</div>
		</Dialog>
	);
}

function selectionOf({ navigation }: App): Selection | undefined {
	const place = navigation.place.value;
	return place.screen === "project" ? place.selection : undefined;
}

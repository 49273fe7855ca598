import type { Block } from "../../../contract/mod.ts";
import { LinkButton } from "../kit/button.tsx";
import { Icon } from "../kit/icons.tsx";
import { EmptyState } from "../kit/states.tsx";
import type { OpenProject } from "../project/open-project.ts";
import { hashOf } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { inOrder } from "./invited-block.ts";

export interface ChooseBlockProps {
	readonly project: OpenProject;
	readonly onChoose: (doId: number) => void;
}

/** Asks which block the phones are to be. */
export function ChooseBlock({ project, onChoose }: ChooseBlockProps) {
	const words = texts.value.invite;
	const blocks = inOrder(project.document.value?.blocks ?? []);
	if (blocks.length === 0) {
		return (
			<EmptyState
				icon="device"
				title={words.noBlock}
				hint={words.noBlockHint}
				action={
					<LinkButton kind="main" href={hashOf({ screen: "add-device", pId: project.pId })}>
						{texts.value.project.addDevice}
					</LinkButton>
				}
			/>
		);
	}
	return (
		<div class="invite-choose">
			<p>{words.choose}</p>
			<ul>
				{blocks.map((block) => (
					<li key={block.do_id}>
						<button type="button" class="kit-button" onClick={() => onChoose(block.do_id)}>
							<Icon name="device" />
							<span>
								<strong>{block.dm_name}</strong>
								<small>{aboutOf(block)}</small>
							</span>
						</button>
					</li>
				))}
			</ul>
		</div>
	);
}

function aboutOf({ ports, seats }: Block): string {
	const { seatsOf } = texts.value.invite;
	const features = ports.map(({ alias_name }) => alias_name).join(", ");
	return seats === null ? features : `${seatsOf(seats)} · ${features}`;
}

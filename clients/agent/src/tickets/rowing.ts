// What both row shapes show of a ticket.
import { computed } from "vue";
import { useRoute } from "vue-router";
import type { TicketRow } from "@/api/types";
import { brief } from "@/kit/formats";
import { now } from "@/live/clock";
import { useDirectory } from "@/staff/directory";
import { me } from "@/staff/session";
import { depthOfLate } from "./deadline";
import { hasDraft } from "./drafts";
import type { View } from "./views";

export interface RowProps {
  row: TicketRow;
  view: View;
  open: boolean;
  marked: boolean;
}

const lateTones = ["", "late-1", "late-2", "late-3"] as const;

export function useRow(props: RowProps) {
  const route = useRoute();
  const { personName, categoryName, queueName, brandName } = useDirectory();
  return {
    target: computed(() => ({ name: "desk", params: { view: props.view.key, id: props.row.id }, query: route.query })),
    waited: computed(() => (props.row.waitingSince ? brief((now.value - Date.parse(props.row.waitingSince)) / 1000) : "")),
    late: computed(() => lateTones[depthOfLate(props.row.dueAt === null ? null : Date.parse(props.row.dueAt), now.value)]),
    draft: computed(() => hasDraft(props.row.id)),
    category: computed(() => categoryName(props.row.categoryId)),
    queue: computed(() => queueName(props.row.queueId)),
    brand: computed(() => brandName(props.row.brandId)),
    assignee: computed(() => personName(props.row.assigneeId)),
    isMine: computed(() => props.row.assigneeId === me.value?.id),
  };
}

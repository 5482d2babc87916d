import { clearTimer, request, setTimer, type ClearTimer, type ProcessManager } from '#lib/engine/model/process.js';
import { leadsProcess } from '#lib/domain/lead/delivery.js';
import { ExpireLead, type LeadEvent, type LeadSubmitted } from '#lib/domain/lead/messages.js';

/** Sends a lead to its publisher (R44). The visitor is joined when it is sent: nothing of them stands in the request. */
export class DeliverLead {
  static readonly type = 'DeliverLead';
  lead!: Readonly<Omit<LeadSubmitted, 'answerDueAt'>>;
  submittedAt!: string;
}

const answered = ({ data: { leadId } }: { readonly data: { readonly leadId: string } }): readonly ClearTimer[] => [
  clearTimer(leadId),
];

/** Every lead is delivered (R44), and a contact lead that nobody answers expires when it is due (R45). */
export const leads: ProcessManager<LeadEvent> = {
  name: leadsProcess,
  startAt: 'beginning',
  on: {
    LeadSubmitted({ data: { answerDueAt, ...lead }, meta }) {
      const { leadId } = lead;
      const delivery = request(leadId, DeliverLead, { lead, submittedAt: meta.recordedAt });
      return answerDueAt === null ? [delivery] : [delivery, setTimer(leadId, answerDueAt, ExpireLead, { leadId })];
    },
    LeadAccepted: answered,
    LeadDeclined: answered,
  },
};

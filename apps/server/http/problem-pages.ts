import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RefusalPage, RefusalPages } from '#lib/engine/model/refusal.js';
import { escapeHtml, sendPage } from './page.js';

/** One page a code, saying what it means and how to go on: where the `type` of a problem points. */
export function registerProblemPages(server: FastifyInstance, pages: RefusalPages): void {
  const codes = Object.keys(pages).sort();
  const rows = codes.map((code) => {
    const { status, rule, title } = pages[code] as RefusalPage;
    const link = `<a href="/problems/${code}">${code}</a>`;
    return `<tr><td>${link}</td><td>${status}</td><td>${rule ?? ''}</td><td>${escapeHtml(title)}</td></tr>`;
  });
  const list = `<table><tr><th>Code</th><th>Status</th><th>Rule</th><th>Meaning</th></tr>${rows.join('\n')}</table>`;
  server.get('/problems', (_request, reply) => sendPage(reply, 'Problems', list));
  for (const code of codes) {
    server.get(`/problems/${code}`, (_request, reply) => sendCode(reply, code, pages[code] as RefusalPage));
  }
}

function sendCode(reply: FastifyReply, code: string, { title, status, rule, help }: RefusalPage): FastifyReply {
  const facts = `<p>Code <code>${code}</code>, status ${status}${rule === null ? '' : `, rule ${rule}`}.</p>`;
  return sendPage(
    reply,
    title,
    `${facts}\n<h2>How to go on</h2>\n<p>${escapeHtml(help)}</p>\n<p><a href="/problems">All problems</a></p>`,
  );
}

import type { FastifyReply } from 'fastify';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => entities[char] ?? '');
}

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'td,th{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top}code{font-size:1em}' +
  '@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#8bf}}';

/** A page of plain text and links: it loads nothing and runs nothing. `content` is HTML. */
export function sendPage(reply: FastifyReply, title: string, content: string): FastifyReply {
  const heading = escapeHtml(title);
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    .header('x-content-type-options', 'nosniff')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${heading} – Seatledger</title>` +
        `<meta name="viewport" content="width=device-width"><style>${style}</style><h1>${heading}</h1>\n${content}</html>\n`,
    );
}

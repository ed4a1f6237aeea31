import ReactMarkdown, { type Components } from 'react-markdown';

/**
 * An answer is text of a model, so nothing in it may load or run anything: raw HTML stays text, an image is its description, a link
 * opens elsewhere and only when it is followed. Headings start below those of the page.
 */
const components: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h4>{children}</h4>,
  h5: ({ children }) => <h4>{children}</h4>,
  h6: ({ children }) => <h4>{children}</h4>,
  img: ({ alt }) => <span>{alt}</span>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
};

export function Markdown({ text }: { readonly text: string }) {
  return <ReactMarkdown components={components}>{text}</ReactMarkdown>;
}

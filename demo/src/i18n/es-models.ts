import type { ModelsText } from './dictionary.ts';
import { createFormats } from './formats.ts';

const { bytes, count } = createFormats('es');

export const spanishModels: ModelsText = {
  pageTitle: 'Modelos · Orilla',
  heading: 'Modelos en este navegador',
  lead: 'Lo que se descarga se comprueba, se guarda aquí y responde sin conexión.',
  list: 'Modelos',
  unlisted: 'Ya no se ofrecen',
  unlistedNote: 'Ocupan espacio, pero la lista de tu organización ya no los nombra.',
  states: {
    'server-only': 'Solo en el servidor de tu organización',
    absent: 'Sin descargar',
    downloading: 'Descargando',
    waiting: 'En espera',
    paused: 'En pausa',
    incomplete: 'Incompleto',
    damaged: 'Dañado',
    checking: 'Comprobando',
    complete: 'Listo',
  },
  stateNotes: {
    waiting: 'Antes va otra descarga, en esta pestaña o en otra; o ahora no responde ningún servidor.',
    incomplete: 'Al reanudar solo se descarga lo que falta.',
  },
  damaged: (chunks) =>
    `${chunks === 1 ? 'Había 1 parte dañada y se ha quitado' : `Había ${count(chunks)} partes dañadas y se han quitado`}. Reparar no descarga nada más.`,
  intact: 'Recién comprobado: cada byte es como se publicó.',
  checked: (done, total) => `${bytes(done)} de ${bytes(total)} comprobados`,
  sharedWith: (titles) => `La misma descarga sirve para ${titles}.`,
  actions: {
    download: 'Descargar',
    resume: 'Reanudar',
    pause: 'Pausar',
    cancel: 'Cancelar',
    repair: 'Reparar',
    verify: 'Comprobar',
    stop: 'Dejar de comprobar',
    export: 'Exportar',
    delete: 'Eliminar',
  },
  exporting: 'Guardando el archivo',
  pin: 'Conservar siempre',
  changed: (title, state) => `${title}: ${state}`,
  remove: {
    title: (title) => `¿Eliminar ${title}?`,
    frees: (size) => `Esto libera hasta ${bytes(size)}. Las partes que usa otro modelo se quedan.`,
    alsoOf: (titles) => `Es también la descarga de ${titles}.`,
    again: 'Para volver a usarlo aquí habrá que descargarlo otra vez.',
    confirm: 'Eliminar',
    keep: 'Conservarlo',
  },
  cancelDownload: {
    title: (title) => `¿Cancelar la descarga de ${title}?`,
    deletes: (size) => `Se eliminarán los ${bytes(size)} que ya están aquí. En pausa se conservan.`,
    confirm: 'Cancelar la descarga',
    keep: 'Seguir',
  },
  import: 'Añadir desde un archivo',
  importHint: 'Un archivo exportado desde una página como esta.',
  importing: (fileName) => `Añadiendo ${fileName}`,
  close: 'Cerrar',
  storage: {
    title: 'Almacenamiento',
    used: (size) => `${bytes(size)} de modelos`,
    free: (size) => `${bytes(size)} libres`,
    unknown: 'Este navegador no dice cuánto espacio hay.',
    budget: (size) => `Todos los modelos juntos pueden ocupar ${bytes(size)}.`,
    kept: 'El navegador ha prometido no borrar nada por su cuenta.',
    notKept: 'El navegador puede borrar modelos cuando el disco esté casi lleno.',
  },
};

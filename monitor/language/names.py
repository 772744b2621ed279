"""Names and acronyms that no engine may translate or lower-case: the news of both sides of the border uses them daily.

Kept by hand. Known gap: people who are in no list are recognised by a title or a given name before theirs only.
"""

ACRONYMS: frozenset[str] = frozenset(
    "ACLU ACNUR AFI AMLO ATF BBC CBP CBSA CDMX CIA CJNG CNDH CNN CNTE COMAR DACA DEA DHS DOD DOJ DPS EEUU EFE"
    " ERO FAA FBI"
    " FEMA FGE FGJ FGR FIFA FISA GAO GDL HHS HSI IBWC ICE IMSS INE INEGI INM INS IOM ISSSTE LULAC MPP NAFTA NASA"
    " NATO NOAA"
    " NOM NSA NYC OEA OIM ONG ONU ORR OTAN PAN PGR PRD PRI PT PVEM SAT SCJN SEDENA SEIDO SEMAR SRE SSPC SSPE SUV"
    " TEU TPS TSA"
    " UIF UK UN UNAM UNHCR US USA USBP USCIS USMCA UTEP UV".split()
)

GIVEN_NAMES: frozenset[str] = frozenset(
    "Abelardo Abigail Abraham Adán Adolfo Adrián Agustín Alberto Alejandra Alejandro Alex Alfonso Alfredo Alicia"
    " Álvaro"
    " Amanda Américo Ana Andrea Andrés Andrew Ángel Ángela Anthony Antonio Armando Arturo Audomaro Barack"
    " Beatriz Benjamin"
    " Benjamín Bernardo Brandon Brian Bruno Carla Carlos Carmen César Charles Chris Christopher"
    " Claudia Clemente"
    " Cristina Cuauhtémoc Damián Dan Daniel David Diana Diego Donald Donna Doug Eduardo Edgar Elena Elías"
    " Elizabeth Elon"
    " Emilio Emma Enrique Eric Erika Ernesto Esteban Eugenio Evelyn Evo Fabián Felipe Fernando Francisco Frank"
    " Gabriel Gabriela"
    " George Gerardo Germán Gilberto Gina Gonzalo Greg Gregory Guadalupe Guillermo Gustavo Harfuch Héctor"
    " Henry Hillary"
    " Hugo Humberto Ignacio Irma Isabel Ismael Iván Ivan Jacob Jacobo Jaime James Jane Janet Javier JD"
    " Jeff Jennifer Jesse"
    " Jessica Jesús Jim Joaquín Joe John José Joseph Josefina Josh Joshua Jorge Juan Juana Julia Julio Karen"
    " Karla Karoline Kamala"
    " Katie Ken Kenia Kevin Kristi Laura Layda León Leonardo Leticia Linda Lorena Lorenzo Lourdes Lucía Luis"
    " Luisa Lupita"
    " Manuel Marcelo Marcela Marco Marcos Margarita María Mariana Mario Marisol Mark Marta Martha Martín"
    " Mary Mateo Matt"
    " Matthew Mauricio Maximiliano Melissa Michael Michelle Miguel Mike Miriam Miroslava Mónica Nancy Natalia"
    " Nemesio Nicolás"
    " Norma Omar Oscar Óscar Osiel Ovidio Pablo Pam Pamela Patricia Patrick Paul Paola Paula Pedro Pete Peter"
    " Rachel Rafael"
    " Ramiro Ramón Raúl Rebecca René Ricardo Richard Rick Robert Roberto Rocío Rodney Rodolfo Rodrigo Rogelio"
    " Ronald Rosario"
    " Rubén Ruben Salvador Samantha Samuel Sandra Santiago Sara Sarah Scott Sean Sergio Silvia Silvestre"
    " Sofía Sonia Stephen"
    " Steve Steven Susan Susana Ted Teresa Thomas Tim Todd Tom Tomás Tony Ulises Valentina Valeria Verónica"
    " Vicente Víctor"
    " Victoria Vladimir William Ximena Xóchitl Yadira Yesenia Yolanda Zulema".split()
)

SURNAMES: frozenset[str] = frozenset(
    "Abbott Abrego Aguilar Alcocer Alvarez Álvarez Arellano Arriola Ávila Ayala Banks Beltrán Biden Blinken"
    " Bondi Bovino Bukele"
    " Burgueño Burgum Bush Calderón Caro Castañeda Castillo Castro Cavazos Chávez Cicilia Clinton Cornyn Cortez"
    " Cruz Cuéllar"
    " Delgado Domínguez Durazo Ebrard Escobar Escobedo Espinosa Félix Fernández Figueroa Flores Fuente García"
    " Gertz Gómez González"
    " Guajardo Guerra Gutiérrez Guzmán Harfuch Hegseth Hernández Herrera Hobbs Homan Ibarra Jiménez Johnson"
    " Juárez Landau Leavitt"
    " López Loera Lyons Maduro Marco Márquez Martínez Mayorkas Medina Mejía Mendoza Menjívar Miller Monreal Mora"
    " Morales Moreno"
    " Moya Muñoz Musk Navarro Newsom Nieto Noem Noroña Nuñez Núñez Obama Obrador Ochoa Olmeda Ortega Ortiz"
    " Oseguera Padilla Patel"
    " Paxton Peña Perales Pérez Petro Putin Quintero Quiroz Ramírez Ramos Rentería Reyes Ríos Rivera Robles"
    " Rocha Rodríguez Rojas"
    " Romero Rubio Ruffo Ruiz Salazar Salinas Samaniego Sánchez Sandoval Schumer Serrano Sheinbaum Soto Suárez"
    " Thune Torres"
    " Treviño Trevilla Trujillo Trump Valdez Vance Vargas Vásquez Vázquez Vega Velázquez Villarreal Walz Yunes"
    " Zambada Zamora"
    " Zavala Zelensky Zúñiga".split()
)

TITLES: frozenset[str] = frozenset(  # a capitalised word after one of these is somebody's name
    "presidente presidenta gobernador gobernadora alcalde alcaldesa secretario secretaria senador senadora"
    " diputado diputada"
    " fiscal general juez jueza ministro ministra canciller embajador embajadora comandante capitán teniente"
    " coronel almirante"
    " comisionado comisionada exgobernador exalcalde expresidente periodista activista sacerdote obispo padre"
    " capo narcotraficante"
    " líder doctor doctora licenciado agente zar director directora jefe jefa vocero vocera sheriff"
    " prefeito prefeita governador governadora presidente ministro promotor procurador embaixador embaixadora"
    " deputado deputada"
    " juiz juíza czar secretário secretária comissário xerife jornalista".split()
)

COMMON_WORDS: dict[
    str, frozenset[str]
] = {  # names that are ordinary words of a language: no help in an ALL-CAPS headline
    "es": frozenset(
        "dan guerra flores fuente caro castillo blanca alma rosa ríos torres reyes moreno cruz peña sol luz leon"
        " vega mora salvador"
        " marina victoria pan sat mark tim ted pete frank bill robles rivera inés gloria rosario mercedes camino"
        " abigail salinas"
        " medina soto unam pt uv us pri padre gil angel ángel ave reforma".split()
    ),
    "en": frozenset(
        "bill mark frank banks bush pan sat us grace will rich drew pam pete rosa gloria cruz ins who it".split()
    ),
}

COUNTRIES: frozenset[str] = frozenset(
    "Mexico México Canada Canadá Panama Panamá Haiti Haití Perú Peru Brasil Brazil España Spain Rusia Russia"
    " Irán Iran Israel"
    " Ucrania Ukraine Japón Japan Francia France Europa Europe Centroamérica Sudamérica América America Pemex"
    " Morena Congreso"
    " Sheinbaum Interpol Pentágono Pentagon Fiscalía".split()
)
